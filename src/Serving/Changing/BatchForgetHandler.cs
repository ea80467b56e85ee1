using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

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
