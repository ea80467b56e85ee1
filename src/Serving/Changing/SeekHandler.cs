using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>LSEEK, for data and holes; the kernel does the rest by itself.</summary>
internal sealed class SeekHandler(ServedWritableTree served) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out SeekRequest wanted) || wanted.Whence is not (SeekWhence.Data or SeekWhence.Hole))
        {
            return Malformed;
        }

        if (wanted.Offset > long.MaxValue)
        {
            return Answer.Failure(Errno.ENXIO);
        }

        var target = wanted.Whence is SeekWhence.Data ? SeekTarget.Data : SeekTarget.Hole;
        return Answer.Value(payload, new SeekReply((ulong)Tree.Seek(NodeOf(in request), (long)wanted.Offset, target)));
    }
}
