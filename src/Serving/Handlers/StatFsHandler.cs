using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Handlers;

/// <summary>STATFS: as large as the image, and full.</summary>
internal sealed class StatFsHandler(ServedTree served) : TreeHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        const uint fragment = 4096;
        var totals = Tree.Totals;
        return Answer.Value(payload, new StatFsReply
        {
            Blocks = ((ulong)totals.StoredBytes + fragment - 1) / fragment,
            Files = (ulong)totals.Entries,
            BlockSize = (uint)totals.BlockSize,
            FragmentSize = fragment,
            NameLength = EntryName.MaxLength,
        });
    }
}
