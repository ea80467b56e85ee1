using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>
/// TMPFILE, of which the kernel wants an open file. The handle means nothing; where opening is not asked for, releasing it does nothing.
/// </summary>
internal sealed class TemporaryFileHandler(ServedWritableTree served) : MakingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out CreateRequest wanted))
        {
            return Malformed;
        }

        var attributes = Tree.CreateUnnamed(NodeOf(in request), Served.NewEntry(in request, EntryKind.File, wanted.Mode));
        return Answer.Value(payload, new CreateReply(Served.Introduce(in attributes), new OpenReply(0, OpenFlags.KeepCache, 0)));
    }
}
