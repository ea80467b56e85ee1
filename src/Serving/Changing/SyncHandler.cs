using CondaFuse.Fuse.Requests;

namespace CondaFuse.Serving.Changing;

/// <summary>FSYNC, FSYNCDIR and SYNCFS: one journal, one sync for all.</summary>
internal sealed class SyncHandler(ServedWritableTree served) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        Tree.Sync();
        return Answer.Done;
    }
}
