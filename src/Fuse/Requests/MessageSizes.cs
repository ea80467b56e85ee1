using System.Runtime.CompilerServices;
using CondaFuse.Fuse.Wire;

namespace CondaFuse.Fuse.Requests;

/// <summary>Sizes of messages in bytes.</summary>
public static class MessageSizes
{
    /// <summary>Most bytes of payload in a reply: what the kernel reads ahead at once.</summary>
    public const int Payload = 128 * 1024;

    /// <summary>Most bytes of a WRITE; the least that the protocol allows, as nothing is written.</summary>
    public const int Write = 4096;

    /// <summary>Room for a request: above FUSE_MIN_READ_BUFFER (8 KiB) and <see cref="Write"/> with its headers.</summary>
    public const int Request = 16 * 1024;

    /// <summary>Bytes of a reply's header.</summary>
    public static int ReplyHeader => Unsafe.SizeOf<ReplyHeader>();
}
