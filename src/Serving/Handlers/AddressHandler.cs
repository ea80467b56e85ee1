using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving.Handlers;

/// <summary>IOCTL: the mount's root tells who serves it; anything else is no terminal and no disk.</summary>
/// <param name="address">What is told; empty if nothing.</param>
internal sealed class AddressHandler(ReadOnlyMemory<byte> address) : IRequestHandler
{
    public Answer Handle(in Request request, Span<byte> payload)
    {
        var body = request.Read();
        if (!body.TryRead(out IoctlRequest asked) || asked.Command != MountQuestion.Number || request.Header.NodeId != NodeId.Root.Value || address.IsEmpty
            || address.Length > asked.OutputSize)
        {
            return Answer.Failure(Errno.ENOTTY);
        }

        var reply = new IoctlReply(0, 0, 0, 0);
        MemoryMarshal.Write(payload, in reply);
        address.Span.CopyTo(payload[Unsafe.SizeOf<IoctlReply>()..]);
        return Answer.Payload(Unsafe.SizeOf<IoctlReply>() + address.Length);
    }
}
