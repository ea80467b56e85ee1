using CondaFuse.Fuse.Requests;
using CondaFuse.Platform;

namespace CondaFuse.Serving.Changing;

/// <summary>REMOVEXATTR.</summary>
internal sealed class RemoveXattrHandler(ServedWritableTree served) : ChangingHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryReadName(out var name))
        {
            return Malformed;
        }

        if (!XattrNamespace.IsKept(name))
        {
            return Answer.Failure(Errno.EOPNOTSUPP);
        }

        Tree.RemoveXattr(NodeOf(in request), name);
        return Answer.Done;
    }
}
