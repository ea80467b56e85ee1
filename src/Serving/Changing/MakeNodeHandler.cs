using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>MKNOD: files, fifos, sockets, devices. CREATE is not answered, and so every new file comes this way.</summary>
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

        var entry = Served.NewEntry(in request, kind, wanted.Mode) with
        {
            DeviceMajor = DeviceNumber.MajorOf(wanted.Device),
            DeviceMinor = DeviceNumber.MinorOf(wanted.Device),
        };
        return Introduce(Tree.Create(NodeOf(in request), name, in entry), payload);
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
