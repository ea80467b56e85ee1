using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;

namespace CondaFuse.Fuse.Requests;

/// <summary>One request of the kernel: a view of the bytes received.</summary>
public readonly ref struct Request
{
    private const int ExtensionUnit = 8;

    private Request(RequestHeader header, ReadOnlySpan<byte> body)
    {
        Header = header;
        Body = body;
    }

    /// <summary>Its header.</summary>
    public RequestHeader Header { get; }

    /// <summary>The bytes after the header, without extensions.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>Begins to read the body.</summary>
    public BodyReader Read() => new(Body);

    internal static bool TryParse(ReadOnlySpan<byte> message, out Request request)
    {
        request = default;
        if (!MemoryMarshal.TryRead(message, out RequestHeader header) || header.Length != message.Length)
        {
            return false;
        }

        var body = message[Unsafe.SizeOf<RequestHeader>()..];
        var extensions = header.ExtensionWords * ExtensionUnit;
        if (extensions > body.Length)
        {
            return false;
        }

        request = new(header, body[..^extensions]);
        return true;
    }
}

/// <summary>A cursor over a request's body. Reading past the end returns false.</summary>
public ref struct BodyReader
{
    private ReadOnlySpan<byte> _rest;

    internal BodyReader(ReadOnlySpan<byte> body) => _rest = body;

    /// <summary>Reads a structure.</summary>
    public bool TryRead<T>(out T value)
        where T : unmanaged
    {
        if (!MemoryMarshal.TryRead(_rest, out value))
        {
            return false;
        }

        _rest = _rest[Unsafe.SizeOf<T>()..];
        return true;
    }

    /// <summary>The bytes not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>Reads a name, which ends with a NUL.</summary>
    public bool TryReadName(out ReadOnlySpan<byte> name)
    {
        var length = _rest.IndexOf((byte)0);
        name = length < 0 ? default : _rest[..length];
        _rest = length < 0 ? _rest : _rest[(length + 1)..];
        return length >= 0;
    }
}

/// <summary>Sizes of a session's messages in bytes.</summary>
/// <param name="Payload">Maximum number of bytes of payload in a reply. Not less than <paramref name="Write"/>, because one limit in pages applies
/// to both.</param>
/// <param name="Write">Maximum number of bytes of content in a WRITE: at least 4096.</param>
public sealed record MessageSizes(int Payload, int Write)
{
    private const int HeadersOfWrite = 4096;
    private const int MinRequest = 16 * 1024;

    /// <summary>For read-only mounts: the kernel's read-ahead size, and the smallest WRITE that the protocol allows.</summary>
    public static MessageSizes Reading { get; } = new(128 * 1024, 4096);

    /// <summary>For writable mounts: as many pages as the kernel puts into one request. Pages that no message has reached use no memory.</summary>
    public static MessageSizes Writing { get; } = new(1024 * 1024, 1024 * 1024);

    /// <summary>Bytes of a reply's header.</summary>
    public static int ReplyHeader => Unsafe.SizeOf<ReplyHeader>();

    /// <summary>Size of a request buffer: above FUSE_MIN_READ_BUFFER (8 KiB), and enough for <see cref="Write"/> with its headers.</summary>
    public int Request => Math.Max(MinRequest, Write + HeadersOfWrite);

    /// <summary>Size of a reply buffer.</summary>
    public int Reply => ReplyHeader + Payload;
}
