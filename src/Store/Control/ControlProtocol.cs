using System.Text.Json;

namespace CondaFuse.Store.Control;

/// <summary>The words of the control protocol.</summary>
internal static class ControlProtocol
{
    internal const int Version = 1;
    internal const string Status = "status";
    internal const string Sync = "sync";
    internal const string Keep = "keep";
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
