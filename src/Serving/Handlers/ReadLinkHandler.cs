using CondaFuse.Fuse.Requests;

namespace CondaFuse.Serving.Handlers;

/// <summary>READLINK.</summary>
internal sealed class ReadLinkHandler(ServedTree served) : TreeHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload) =>
        Answer.Payload(Tree.ReadLink(NodeOf(in request), payload));
}
