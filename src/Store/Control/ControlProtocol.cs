using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Control;

/// <summary>The names used in the control protocol.</summary>
internal static class ControlProtocol
{
    internal const int Version = 2;
    private const int MaxThreads = 256;
    internal const string Status = "status";
    internal const string Sync = "sync";
    internal const string Unmount = "unmount";
    internal const string Commit = "commit";
    internal const string EndReadAhead = "end-read-ahead";

    internal static byte[] Request(string request, Action<JsonFields>? fields = null) => Message(json =>
    {
        json.WriteString("request", request);
        fields?.Invoke(json);
    });

    internal static byte[] Success(Action<JsonFields> fields) => Message(json =>
    {
        json.WriteBoolean("ok", value: true);
        fields(json);
    });

    internal static byte[] Failure(string reason) => Message(json =>
    {
        json.WriteBoolean("ok", value: false);
        json.WriteString("error", reason);
    });

    /// <summary>The number of threads that a request allows, limited to a useful maximum.</summary>
    internal static int Threads(JsonElement request) => Math.Clamp(request.GetProperty("threads").GetInt32(), 1, MaxThreads);

    private static byte[] Message(Action<JsonFields> fields) => JsonText.Object(json =>
    {
        json.WriteNumber("protocol", Version);
        fields(json);
    });
}

/// <summary>A message on a control socket: its length in 4 bytes, little-endian, then that many bytes of JSON (docs/formats.md, "Control").</summary>
internal static class ControlFrame
{
    private const int MaxLength = 1 << 20;

    /// <summary>Sends a message.</summary>
    internal static void Write(SafeFileHandle connection, ReadOnlySpan<byte> json)
    {
        var frame = new byte[sizeof(int) + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, json.Length);
        json.CopyTo(frame.AsSpan(sizeof(int)));
        using var stream = Stream(connection);
        stream.Write(frame);
    }

    /// <summary>Receives a message; null at the end of the connection.</summary>
    /// <exception cref="IOException">The connection ended within a message, the message is too long, or it took too long.</exception>
    internal static byte[]? Read(SafeFileHandle connection)
    {
        using var stream = Stream(connection);
        var length = new byte[sizeof(int)];
        if (stream.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length)
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (count is < 0 or > MaxLength)
        {
            throw new IOException($"a control message of {count} bytes");
        }

        var json = new byte[count];
        stream.ReadExactly(json);
        return json;
    }

    /// <summary>The caller keeps the ownership of the handle.</summary>
    private static FileStream Stream(SafeFileHandle connection) =>
        new(new SafeFileHandle(connection.DangerousGetHandle(), ownsHandle: false), FileAccess.ReadWrite, bufferSize: 0);
}
