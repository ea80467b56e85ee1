using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>FORGET.</summary>
internal sealed class ForgetHandler(ServedWritableTree served) : IRequestHandler
{
    public Answer Handle(in Request request, Span<byte> payload)
    {
        if (request.Read().TryRead(out ForgetRequest forgotten))
        {
            served.Forget(new NodeId(request.Header.NodeId), forgotten.Count);
        }

        return Answer.Silent;
    }
}

/// <summary>BATCH_FORGET.</summary>
internal sealed class BatchForgetHandler(ServedWritableTree served) : IRequestHandler
{
    public Answer Handle(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        var left = body.TryRead(out BatchForgetRequest batch) ? batch.Count : 0;
        while (left-- > 0 && body.TryRead(out ForgottenNode forgotten))
        {
            served.Forget(new NodeId(forgotten.NodeId), forgotten.Count);
        }

        return Answer.Silent;
    }
}

/// <summary>STATFS of a writable tree: the free space where changes are kept. Inode numbers are never reused and are 32 bits wide.</summary>
internal sealed class FreeSpaceHandler(ServedWritableTree served) : ChangingHandler(served)
{
    private const uint Fragment = 4096;

    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var totals = WritableTree.Totals;
        var space = WritableTree.FreeSpace;
        return Answer.Value(payload, new StatFsReply
        {
            Blocks = (ulong)space.TotalBytes / Fragment,
            FreeBlocks = (ulong)space.FreeBytes / Fragment,
            AvailableBlocks = (ulong)space.AvailableBytes / Fragment,
            Files = uint.MaxValue,
            FreeFiles = uint.MaxValue - (ulong)totals.Entries,
            BlockSize = (uint)totals.BlockSize,
            FragmentSize = Fragment,
            NameLength = EntryName.MaxLength,
        });
    }
}
