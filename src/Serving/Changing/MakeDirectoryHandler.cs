using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

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
            ? Introduce(Tree.Create(NodeOf(in request), name, Served.NewEntry(in request, EntryKind.Directory, wanted.Mode)), payload)
            : fault;
    }
}
