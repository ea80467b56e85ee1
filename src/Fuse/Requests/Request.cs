using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;

namespace CondaFuse.Fuse.Requests;

/// <summary>One request of the kernel, a view over the bytes that it sent.</summary>
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

    /// <summary>What follows the header, without extensions.</summary>
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
