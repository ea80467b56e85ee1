using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>COPY_FILE_RANGE. The reply's length has 32 bits: longer ranges are copied in part, and the caller goes on.</summary>
internal sealed class CopyRangeHandler(ServedWritableTree served) : ChangingHandler(served)
{
    private const ulong Most = 0x4000_0000;

    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out CopyRangeRequest wanted) || wanted.Flags != 0 || wanted.SourceOffset > long.MaxValue)
        {
            return Malformed;
        }

        var length = Math.Min(wanted.Length, Most);
        if (wanted.TargetOffset > long.MaxValue - length)
        {
            return Answer.Failure(Errno.EFBIG);
        }

        var target = new NodeId(wanted.TargetNode);
        var copied = Tree.CopyRange(NodeOf(in request), (long)wanted.SourceOffset, target, (long)wanted.TargetOffset, (long)length);
        Served.ClearSetId(in request, target);
        return Answer.Value(payload, new WriteReply((uint)copied, 0));
    }
}
