using CondaFuse.Fuse.Requests;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>SYMLINK.</summary>
internal sealed class SymlinkHandler(ServedWritableTree served) : MakingHandler(served)
{
    private const uint Permissions = 0x1FF;

    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!TryReadName(ref body, out var name, out var fault))
        {
            return fault;
        }

        return body.TryReadName(out var target)
            ? Introduce(Tree.CreateSymlink(NodeOf(in request), name, target, Served.NewEntry(in request, EntryKind.Symlink, Permissions)), payload)
            : Malformed;
    }
}
