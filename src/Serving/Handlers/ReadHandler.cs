using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Serving.Handlers;

/// <summary>READ. To the kernel, a short reply means the end of the file.</summary>
internal sealed class ReadHandler(ServedTree served) : TreeHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload)
    {
        if (!request.Read().TryRead(out ReadRequest wanted) || wanted.Size > payload.Length || wanted.Offset > long.MaxValue)
        {
            return Answer.Failure(Errno.EINVAL);
        }

        var length = Tree.Read(NodeOf(in request), (long)wanted.Offset, payload[..(int)wanted.Size]);
        Served.FirstUse?.Read(NodeOf(in request), (long)wanted.Offset, length, request.Header.ProcessId);
        return Answer.Payload(length);
    }
}

/// <summary>OPEN and OPENDIR. ENOSYS stops the kernel from sending them. A kernel without support for that gets a flag to keep its caches.</summary>
internal sealed class OpenHandler(Connection connection, Capabilities stopsAsking, OpenFlags otherwise) : IRequestHandler
{
    public Answer Handle(in Request request, Span<byte> payload) =>
        connection.Capabilities.HasFlag(stopsAsking)
            ? Answer.Failure(Errno.ENOSYS)
            : Answer.Value(payload, new OpenReply(0, otherwise, 0));
}

/// <summary>READLINK.</summary>
internal sealed class ReadLinkHandler(ServedTree served) : TreeHandler(served)
{
    protected override Answer Serve(in Request request, Span<byte> payload) =>
        Answer.Payload(Tree.ReadLink(NodeOf(in request), payload));
}
