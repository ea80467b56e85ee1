using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>MKNOD: files, fifos, sockets, devices. CREATE gets ENOSYS, so every new file is created here.</summary>
internal sealed class MakeNodeHandler(ServedWritableTree served) : MakingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out MakeNodeRequest wanted))
        {
            return Malformed;
        }

        if (!TryReadName(ref body, out var name, out var fault))
        {
            return fault;
        }

        if (KindOf(FileTypes.OfMode(wanted.Mode)) is not { } kind)
        {
            return Malformed;
        }

        var entry = Writable.NewEntry(in request, kind, wanted.Mode) with
        {
            DeviceMajor = DeviceNumber.MajorOf(wanted.Device),
            DeviceMinor = DeviceNumber.MinorOf(wanted.Device),
        };
        return Introduce(WritableTree.Create(NodeOf(in request), name, in entry), payload);
    }

    private static EntryKind? KindOf(FileType type) => type switch
    {
        FileType.Regular => EntryKind.File,
        FileType.Fifo => EntryKind.Fifo,
        FileType.Socket => EntryKind.Socket,
        FileType.BlockDevice => EntryKind.BlockDevice,
        FileType.CharacterDevice => EntryKind.CharacterDevice,
        _ => null,
    };
}

/// <summary>MKDIR.</summary>
internal sealed class MakeDirectoryHandler(ServedWritableTree served) : MakingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out MakeDirectoryRequest wanted))
        {
            return Malformed;
        }

        return TryReadName(ref body, out var name, out var fault)
            ? Introduce(WritableTree.Create(NodeOf(in request), name, Writable.NewEntry(in request, EntryKind.Directory, wanted.Mode)), payload)
            : fault;
    }
}

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
            ? Introduce(
                WritableTree.CreateSymlink(NodeOf(in request), name, target, Writable.NewEntry(in request, EntryKind.Symlink, Permissions)), payload)
            : Malformed;
    }
}

/// <summary>LINK.</summary>
internal sealed class LinkHandler(ServedWritableTree served) : MakingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out LinkRequest wanted))
        {
            return Malformed;
        }

        return TryReadName(ref body, out var name, out var fault)
            ? Introduce(WritableTree.Link(new NodeId(wanted.NodeId), NodeOf(in request), name), payload)
            : fault;
    }
}

/// <summary>TMPFILE, whose reply must include an open file. The handle has no meaning, and releasing it does nothing.</summary>
internal sealed class TemporaryFileHandler(ServedWritableTree served) : MakingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out CreateRequest wanted))
        {
            return Malformed;
        }

        var attributes = WritableTree.CreateUnnamed(NodeOf(in request), Writable.NewEntry(in request, EntryKind.File, wanted.Mode));
        return Answer.Value(payload, new CreateReply(Writable.Introduce(in attributes), new OpenReply(0, OpenFlags.KeepCache, 0)));
    }
}
