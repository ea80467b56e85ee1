using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Serving.Changing;

/// <summary>GETXATTR of a tree that changes: what cannot be set is not asked for either, which tells <c>ls</c> and <c>cp</c> to ask no more.</summary>
internal sealed class GetKeptXattrHandler(ServedWritableTree served) : IRequestHandler
{
    private readonly Handlers.GetXattrHandler kept = new(served);

    public Answer Handle(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        return body.TryRead(out XattrRequest _) && body.TryReadName(out var name) && !XattrNamespace.IsKept(name)
            ? Answer.Failure(Errno.EOPNOTSUPP)
            : kept.Handle(in request, payload);
    }
}
