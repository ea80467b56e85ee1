using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Changing;

/// <summary>LINK.</summary>
internal sealed class LinkHandler(ServedWritableTree served) : MakingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out LinkRequest wanted))
        {
            return Malformed;
        }

        return TryReadName(ref body, out var name, out var fault)
            ? Introduce(Tree.Link(new NodeId(wanted.NodeId), NodeOf(in request), name), payload)
            : fault;
    }
}
