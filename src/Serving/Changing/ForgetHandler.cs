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
