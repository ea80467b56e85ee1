using CondaFuse.Fuse.Requests;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Handlers;

/// <summary>A handler that asks the tree, and turns its failure into an errno.</summary>
internal abstract class TreeHandler(ServedTree served) : IRequestHandler
{
    protected ServedTree Served => served;

    protected IReadableTree Tree => served.Tree;

    public Answer Handle(in Request request, Span<byte> payload)
    {
        try
        {
            return Serve(in request, payload);
        }
        catch (TreeException exception)
        {
            if (FailureErrno.IsFault(exception.Failure))
            {
                served.Report(request.Header.Opcode.ToString(), request.Header.NodeId, exception);
            }

            return Answer.Failure(FailureErrno.Of(exception.Failure));
        }
    }

    protected static NodeId NodeOf(in Request request) => new(request.Header.NodeId);

    protected abstract Answer Serve(in Request request, Span<byte> payload);
}
