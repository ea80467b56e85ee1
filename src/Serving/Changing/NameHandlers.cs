using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>RENAME and RENAME2. Whiteouts are not supported: only overlayfs uses them, and it works without.</summary>
internal sealed class RenameHandler(ServedWritableTree served, bool withFlags) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!TryReadHead(ref body, out var directory, out var flags) || ModeOf(flags) is not { } mode)
        {
            return Malformed;
        }

        if (!TryReadName(ref body, out var oldName, out var fault) || !TryReadName(ref body, out var newName, out fault))
        {
            return fault;
        }

        WritableTree.Rename(NodeOf(in request), oldName, directory, newName, mode);
        return Answer.Done;
    }

    private static RenameMode? ModeOf(RenameFlags flags) => flags switch
    {
        RenameFlags.None => RenameMode.Replace,
        RenameFlags.NoReplace => RenameMode.NoReplace,
        RenameFlags.Exchange => RenameMode.Exchange,
        _ => null,
    };

    private bool TryReadHead(ref BodyReader body, out NodeId directory, out RenameFlags flags)
    {
        Rename2Request wanted = default;
        var read = withFlags ? body.TryRead(out wanted) : TryReadShort(ref body, out wanted);
        directory = new NodeId(wanted.NewDirectory);
        flags = wanted.Flags;
        return read;
    }

    private static bool TryReadShort(ref BodyReader body, out Rename2Request wanted)
    {
        var read = body.TryRead(out RenameRequest head);
        wanted = new(head.NewDirectory, RenameFlags.None, 0);
        return read;
    }
}

/// <summary>UNLINK and RMDIR.</summary>
internal sealed class RemoveHandler(ServedWritableTree served, bool directories) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!TryReadName(ref body, out var name, out var fault))
        {
            return fault;
        }

        if (directories)
        {
            WritableTree.RemoveDirectory(NodeOf(in request), name);
        }
        else
        {
            WritableTree.Unlink(NodeOf(in request), name);
        }

        return Answer.Done;
    }
}
