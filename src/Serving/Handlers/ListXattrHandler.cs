using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Serving.Handlers;

/// <summary>LISTXATTR.</summary>
internal sealed class ListXattrHandler(ServedTree served) : TreeHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out XattrRequest wanted))
        {
            return Answer.Failure(Errno.EINVAL);
        }

        var length = Tree.ListXattrs(NodeOf(in request), payload[..(int)Math.Min(wanted.Size, (uint)payload.Length)]);
        return wanted.Size == 0 ? Answer.Value(payload, new XattrLengthReply((uint)length, 0)) : Answer.Payload(length);
    }
}
