using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;

namespace CondaFuse.Serving.Handlers;

/// <summary>GETATTR.</summary>
internal sealed class GetAttributesHandler(ServedTree served) : TreeHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var attributes = Tree.GetAttributes(NodeOf(in request));
        return Answer.Value(payload, new AttributesReply
        {
            ValidSeconds = Served.LifetimeSeconds,
            Attributes = Served.Translate(in attributes),
        });
    }
}
