using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Remote;

/// <summary>
/// A message between this user's processes and the fetcher: its length in 4 bytes, little-endian, then texts with a NUL between them, or the bytes of
/// a leaf (docs/formats.md, "Cache of registries").
/// </summary>
public static class FetchMessage
{
    /// <summary>The first text of a request for leaves: description, part, first leaf, number of leaves, and whether they are needed now.</summary>
    public const string Fetch = "fetch";

    /// <summary>The first text of a request to describe what a reference names.</summary>
    public const string Resolve = "resolve";

    /// <summary>The first text of an answer. Numbers of leaves that could not be written to the cache follow, and then their contents.</summary>
    public const string Done = "done";

    /// <summary>The first text of an answer: kind of failure, message, hint.</summary>
    public const string Failed = "failed";

    /// <summary>For leaves that a process waits for.</summary>
    public const string Now = "now";

    /// <summary>For leaves that will probably be used.</summary>
    public const string Ahead = "ahead";

    private const int MaxLength = 1 << 20;

    /// <summary>Sends texts.</summary>
    public static void Write(SafeFileHandle connection, params IEnumerable<string> texts) =>
        Write(connection, Encoding.UTF8.GetBytes(string.Join('\0', texts)));

    /// <summary>Sends bytes.</summary>
    public static void Write(SafeFileHandle connection, ReadOnlySpan<byte> content)
    {
        var frame = new byte[sizeof(int) + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, content.Length);
        content.CopyTo(frame.AsSpan(sizeof(int)));
        using var stream = Stream(connection);
        stream.Write(frame);
    }

    /// <summary>Receives texts; null at the end of the connection.</summary>
    /// <exception cref="IOException">The connection ended within a message, or nothing came in time.</exception>
    public static string[]? Read(SafeFileHandle connection) =>
        ReadBytes(connection) is { } content ? Encoding.UTF8.GetString(content).Split('\0') : null;

    /// <summary>Receives bytes; null at the end of the connection.</summary>
    /// <exception cref="IOException">As for <see cref="Read"/>.</exception>
    public static byte[]? ReadBytes(SafeFileHandle connection)
    {
        using var stream = Stream(connection);
        Span<byte> length = stackalloc byte[sizeof(int)];
        if (stream.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length)
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (count is < 0 or > MaxLength)
        {
            throw new IOException($"a message of {count} bytes");
        }

        var content = new byte[count];
        stream.ReadExactly(content);
        return content;
    }

    /// <summary>The request for leaves.</summary>
    internal static string[] ForLeaves(string description, int part, long leaf, long count, bool ahead) =>
        [Fetch, description, Text(part), Text(leaf), Text(count), ahead ? Ahead : Now];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static FileStream Stream(SafeFileHandle connection) =>
        new(new SafeFileHandle(connection.DangerousGetHandle(), ownsHandle: false), FileAccess.ReadWrite, bufferSize: 0);
}

/// <summary>The fetcher could not do what was asked.</summary>
/// <param name="kind">The kind of failure, as the fetcher names it; empty if the fetcher itself could not be reached.</param>
/// <param name="message">What failed, and why.</param>
/// <param name="inner">The cause.</param>
public sealed class FetchException(string kind, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>The kind of failure.</summary>
    public string Kind { get; } = kind;

    /// <summary>What the user can do next; null if nothing is known.</summary>
    public string? Hint { get; init; }
}
