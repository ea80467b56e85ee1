using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Serving.Handlers;

/// <summary>GETXATTR.</summary>
internal sealed class GetXattrHandler(ServedTree served) : TreeHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out XattrRequest wanted) || !body.TryReadName(out var name))
        {
            return Answer.Failure(Errno.EINVAL);
        }

        var room = payload[..(int)Math.Min(wanted.Size, (uint)payload.Length)];
        if (!Tree.TryGetXattr(NodeOf(in request), name, room, out var length))
        {
            return Answer.Failure(Errno.ENODATA);
        }

        return wanted.Size == 0 ? Answer.Value(payload, new XattrLengthReply((uint)length, 0)) : Answer.Payload(length);
    }
}

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
