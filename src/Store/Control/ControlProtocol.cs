using System.Text.Json;

namespace CondaFuse.Store.Control;

/// <summary>The words of the control protocol.</summary>
internal static class ControlProtocol
{
    internal const int Version = 2;
    private const int MaxThreads = 256;
    internal const string Status = "status";
    internal const string Sync = "sync";
    internal const string Unmount = "unmount";
    internal const string Commit = "commit";
    internal const string EndReadAhead = "end-read-ahead";

    internal static byte[] Request(string request, Action<Utf8JsonWriter>? fields = null) => Message(json =>
    {
        json.WriteString("request", request);
        fields?.Invoke(json);
    });

    internal static byte[] Success(Action<Utf8JsonWriter> fields) => Message(json =>
    {
        json.WriteBoolean("ok", value: true);
        fields(json);
    });

    internal static byte[] Failure(string reason) => Message(json =>
    {
        json.WriteBoolean("ok", value: false);
        json.WriteString("error", reason);
    });

    /// <summary>How many threads a request grants; whatever it says, no more than help.</summary>
    internal static int Threads(JsonElement request) => Math.Clamp(request.GetProperty("threads").GetInt32(), 1, MaxThreads);

    private static byte[] Message(Action<Utf8JsonWriter> fields)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("protocol", Version);
            fields(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
