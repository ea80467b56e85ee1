using System.Runtime.CompilerServices;
using CondaFuse.Fuse.Wire;

namespace CondaFuse.Fuse.Requests;

/// <summary>Sizes of a session's messages in bytes.</summary>
/// <param name="Payload">Most bytes of payload in a reply; not less than <paramref name="Write"/>, as one bound of pages holds for both.</param>
/// <param name="Write">Most bytes of content in a WRITE: at least 4096.</param>
public sealed record MessageSizes(int Payload, int Write)
{
    private const int HeadersOfWrite = 4096;
    private const int LeastRequest = 16 * 1024;

    /// <summary>For what is only read: what the kernel reads ahead at once, and the least WRITE that the protocol allows.</summary>
    public static MessageSizes Reading { get; } = new(128 * 1024, 4096);

    /// <summary>For what is written too: as many pages as the kernel puts into one request. Pages that no message reached take no memory.</summary>
    public static MessageSizes Writing { get; } = new(1024 * 1024, 1024 * 1024);

    /// <summary>Bytes of a reply's header.</summary>
    public static int ReplyHeader => Unsafe.SizeOf<ReplyHeader>();

    /// <summary>Room for a request: above FUSE_MIN_READ_BUFFER (8 KiB) and <see cref="Write"/> with its headers.</summary>
    public int Request => Math.Max(LeastRequest, Write + HeadersOfWrite);

    /// <summary>Room for a reply.</summary>
    public int Reply => ReplyHeader + Payload;
}
