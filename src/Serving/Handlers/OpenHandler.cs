using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Serving.Handlers;

/// <summary>
/// OPEN and OPENDIR. ENOSYS makes the kernel stop asking; a kernel that does not know how to is told to keep its caches.
/// </summary>
internal sealed class OpenHandler(Connection connection, Capabilities stopsAsking, OpenFlags otherwise) : IRequestHandler
{
    public Answer Handle(in Request request, Span<byte> payload) =>
        connection.Capabilities.HasFlag(stopsAsking)
            ? Answer.Failure(Errno.ENOSYS)
            : Answer.Value(payload, new OpenReply(0, otherwise, 0));
}
