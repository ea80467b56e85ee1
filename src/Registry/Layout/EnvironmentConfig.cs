using System.Buffers;
using System.Text.Json;
using CondaFuse.Images;

namespace CondaFuse.Registry.Layout;

/// <summary>A generation in the history of an environment in a registry.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Seconds">When it was made, since 1970.</param>
/// <param name="Nanoseconds">The rest of the time.</param>
/// <param name="ContentBytes">Total length of its files; 0 for another tool's image.</param>
/// <param name="End">Where its bytes end in the file.</param>
public sealed record RemoteGeneration(long Number, long Seconds, uint Nanoseconds, long ContentBytes, long End)
{
    /// <summary>Whether both have the same content. A compaction keeps it, but may change the number.</summary>
    internal bool HasContentOf(RemoteGeneration other) =>
        (Seconds, Nanoseconds, ContentBytes) == (other.Seconds, other.Nanoseconds, other.ContentBytes);
}

/// <summary>The description of an environment in a registry: the configuration of its manifest.</summary>
public sealed record EnvironmentConfig
{
    internal const int MaxBytes = 1 << 20;
    private const int Schema = 1;
    private const int MaxText = 64 << 10;

    /// <summary>The archive's identity, the same in all generations.</summary>
    public required Guid Identity { get; init; }

    /// <summary>The environment's prefix; null if it is unknown.</summary>
    public string? Prefix { get; init; }

    /// <summary>The platform of the machine that pushed it: <c>linux/amd64</c>.</summary>
    public required string Platform { get; init; }

    /// <summary>Length of the archive's file.</summary>
    public required long Bytes { get; init; }

    /// <summary>The superblock.</summary>
    public required ReadOnlyMemory<byte> Superblock { get; init; }

    /// <summary>Where the tables of this generation start in the file.</summary>
    public required long TablesStart { get; init; }

    /// <summary>The message of the commit.</summary>
    public string Message { get; init; } = "";

    /// <summary>The generations in the archive, the newest first; at least one.</summary>
    public required IReadOnlyList<RemoteGeneration> History { get; init; }

    /// <summary>Length of the index's root, with which a reader can check parts of the index.</summary>
    public required int IndexRootBytes { get; init; }

    /// <summary>The digest of the index's root.</summary>
    public required Hash IndexRoot { get; init; }

    /// <summary>This generation.</summary>
    public RemoteGeneration Generation => History[0];

    /// <summary>The history of an image.</summary>
    internal static IReadOnlyList<RemoteGeneration> HistoryOf(StoredImage image) =>
        [.. image.History.Zip(image.Ends.Reverse()).Select(pair => new RemoteGeneration(
            pair.First.Number, pair.First.Time.Seconds, pair.First.Time.Nanoseconds, pair.First.ContentBytes ?? 0, pair.Second))];

    internal byte[] Format()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", Schema);
            json.WriteString("identity", Identity.ToString("D"));
            json.WriteNumber("generation", Generation.Number);
            json.WriteString("prefix", Prefix);
            json.WriteString("platform", Platform);
            json.WriteNumber("bytes", Bytes);
            json.WriteBase64String("superblock", Superblock.Span);
            json.WriteNumber("tables", TablesStart);
            json.WriteString("message", Message);
            json.WriteStartObject("index");
            json.WriteNumber("rootBytes", IndexRootBytes);
            json.WriteString("rootDigest", IndexRoot.ToString());
            json.WriteEndObject();
            json.WriteStartArray("history");
            foreach (var entry in History)
            {
                json.WriteStartObject();
                json.WriteNumber("generation", entry.Number);
                json.WriteNumber("seconds", entry.Seconds);
                json.WriteNumber("nanoseconds", entry.Nanoseconds);
                json.WriteNumber("contentBytes", entry.ContentBytes);
                json.WriteNumber("end", entry.End);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Parses and checks a configuration. It is untrusted.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.Damaged"/>.</exception>
    internal static EnvironmentConfig Parse(ReadOnlyMemory<byte> content, RegistryReference reference)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            var root = json.RootElement;
            if (root.GetProperty("schema").GetInt32() is not Schema and var schema)
            {
                throw new RegistryException(RegistryFault.Foreign, $"{reference} has format {schema}; this version reads only format {Schema}");
            }

            var index = root.GetProperty("index");
            var config = new EnvironmentConfig
            {
                Identity = root.GetProperty("identity").GetGuid(),
                Prefix = Fields.Text(root, "prefix"),
                Platform = Fields.Text(root, "platform") ?? "",
                Bytes = root.GetProperty("bytes").GetInt64(),
                Superblock = root.GetProperty("superblock").GetBytesFromBase64(),
                TablesStart = root.GetProperty("tables").GetInt64(),
                Message = Fields.Text(root, "message") ?? "",
                History = [.. root.GetProperty("history").EnumerateArray().Select(Entry)],
                IndexRootBytes = index.GetProperty("rootBytes").GetInt32(),
                IndexRoot = Hash.TryParse(Fields.Text(index, "rootDigest")) ?? throw new FormatException("the digest of the index"),
            };
            return config.IsConsistent && root.GetProperty("generation").GetInt64() == config.Generation.Number
                ? config
                : throw Fields.Invalid(reference, "the description of the environment is inconsistent");
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Fields.Invalid(reference, "the description of the environment is not valid JSON of that form", failure);
        }
    }

    private bool IsConsistent =>
        History.Count > 0 && Superblock.Length == StoredImage.HeadBytes && Bytes > StoredImage.HeadBytes && Generation.End == Bytes
        && TablesStart is >= StoredImage.HeadBytes && TablesStart < Bytes && Platform.Length <= MaxText && (Prefix ?? "").Length <= MaxText
        && History.All(entry => entry is { Number: >= 0, ContentBytes: >= 0, Nanoseconds: < 1_000_000_000 } && entry.End > StoredImage.HeadBytes)
        && History.Zip(History.Skip(1)).All(pair => pair.First.End > pair.Second.End && pair.First.Number > pair.Second.Number);

    private static RemoteGeneration Entry(JsonElement entry) => new(
        entry.GetProperty("generation").GetInt64(), entry.GetProperty("seconds").GetInt64(), entry.GetProperty("nanoseconds").GetUInt32(),
        entry.GetProperty("contentBytes").GetInt64(), entry.GetProperty("end").GetInt64());
}
