using System.Text.Encodings.Web;
using System.Text.Json;
using CondaFuse.Packing.Metadata;

namespace CondaFuse.Helper.Output;

/// <summary>Output for scripts: one JSON object that starts with <c>"schema": 1</c>. Fields may be added, but never removed.</summary>
internal static class JsonOutput
{
    private const int Schema = 1;

    public static void Write(Action<Utf8JsonWriter> fields)
    {
        using var output = Terminal.OpenRaw();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(output, options))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", Schema);
            fields(json);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>Writes the result of a command, as JSON or as a line of text.</summary>
    public static void WriteOr(bool asJson, string text, Action<Utf8JsonWriter> fields) => WriteOr(asJson, [text], fields);

    /// <summary>Writes the result of a command, as JSON or as lines of text.</summary>
    public static void WriteOr(bool asJson, IEnumerable<string> lines, Action<Utf8JsonWriter> fields)
    {
        if (asJson)
        {
            Write(fields);
            return;
        }

        foreach (var line in lines)
        {
            Terminal.Out.WriteLine(line);
        }
    }

    /// <summary>Writes a list of texts.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the output of a command that failed.</summary>
    /// <param name="code">The exit code.</param>
    /// <param name="message">What failed.</param>
    /// <param name="hint">What to do next; null if nothing is known.</param>
    /// <param name="path">The file that it is about; null if there is none.</param>
    public static void WriteError(ExitCode code, string message, string? hint, string? path) => Write(json =>
    {
        json.WriteStartObject("error");
        json.WriteNumber("code", (int)code);
        json.WriteString("message", message);
        json.WriteString("hint", hint);
        json.WriteString("path", path);
        json.WriteEndObject();
    });

    public static void WriteOptional(this Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}

/// <summary>Changes of packages in JSON output.</summary>
internal static class PackageJson
{
    public const string Key = "packages";

    public static void Write(Utf8JsonWriter json, IReadOnlyList<PackageChange> packages)
    {
        json.WriteStartArray(Key);
        foreach (var package in packages)
        {
            json.WriteStartObject();
            json.WriteString("name", package.Name);
            json.WriteString("installer", package.Installer);
            json.WriteString("before", package.Before);
            json.WriteString("after", package.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
