using System.Text.Json;

namespace CondaFuse.Store;

/// <summary>
/// JSON of records and of the control protocol, written and read field by field: a generated serializer costs every mount and unmount 0.45 ms in
/// each process, as measured (docs/decisions/0016).
/// </summary>
internal static class JsonText
{
    /// <summary>Formats one object in UTF-8.</summary>
    /// <param name="fields">Writes its fields.</param>
    internal static byte[] Object(Action<Utf8JsonWriter> fields)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Writes a field that is an object.</summary>
    internal static void WriteObject(this Utf8JsonWriter json, string name, Action<Utf8JsonWriter> fields)
    {
        json.WriteStartObject(name);
        fields(json);
        json.WriteEndObject();
    }
}
