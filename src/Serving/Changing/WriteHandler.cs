using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Serving.Changing;

/// <summary>WRITE.</summary>
internal sealed class WriteHandler(ServedWritableTree served) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out WriteRequest wanted) || wanted.Size != body.Rest.Length)
        {
            return Malformed;
        }

        if (wanted.Offset > (ulong)(long.MaxValue - wanted.Size))
        {
            return Answer.Failure(Errno.EFBIG);
        }

        Tree.Write(NodeOf(in request), (long)wanted.Offset, body.Rest, wanted.WriteFlags.HasFlag(WriteFlags.ClearSetId));
        return Answer.Value(payload, new WriteReply(wanted.Size, 0));
    }
}
