using System.Buffers;
using System.Text.Json;
using CondaFuse.Images;
using CondaFuse.Registry.Distribution;

namespace CondaFuse.Registry.Layout;

/// <summary>The manifest of one generation of an environment: the blobs that hold its bytes, in the order of the file.</summary>
/// <param name="Config">What describes it (<see cref="EnvironmentConfig"/>).</param>
/// <param name="Head">The superblock.</param>
/// <param name="Data">The bytes after it.</param>
/// <param name="Index">Where bytes are, and their digests (<see cref="EnvironmentIndex"/>).</param>
internal sealed record EnvironmentManifest(Descriptor Config, Descriptor Head, IReadOnlyList<Descriptor> Data, Descriptor Index)
{
    /// <summary>Most blobs with data. An environment with more generations has several of them in one blob.</summary>
    public const int MaxData = 64;

    /// <summary>The longest list of first uses.</summary>
    public const int MaxFirstUses = 1 << 20;

    private const int SchemaVersion = 2;
    private const string TitleKey = "org.opencontainers.image.title";
    private const long MaxBlob = 1L << 40;

    /// <summary>The list of first uses (<see cref="FirstUseList"/>), a hint; null if the image has none.</summary>
    public Descriptor? FirstUses { get; init; }

    /// <summary>Length of all blobs.</summary>
    public long TotalBytes => Config.Size + Head.Size + Index.Size + (FirstUses?.Size ?? 0) + Data.Sum(blob => blob.Size);

    /// <summary>The title of the head.</summary>
    public const string HeadTitle = "00.head";

    /// <summary>The title of a blob with data; with them, <c>cat</c> puts the files of other tools together in the right order.</summary>
    public static string DataTitle(int number) => $"{number:00}.data";

    /// <summary>Its bytes. Equal environments have equal manifests.</summary>
    public byte[] Format()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", SchemaVersion);
            json.WriteString("mediaType", MediaTypes.Manifest);
            json.WriteString("artifactType", MediaTypes.Artifact);
            json.WritePropertyName("config");
            Write(json, Config);
            json.WriteStartArray("layers");
            Write(json, Head);
            foreach (var blob in Data)
            {
                Write(json, blob);
            }

            Write(json, Index);
            if (FirstUses is not null)
            {
                Write(json, FirstUses);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Parses and checks a manifest. It is untrusted.</summary>
    /// <exception cref="RegistryException"><see cref="RegistryFault.Foreign"/>: it is of another program; <see cref="RegistryFault.Damaged"/>.
    /// </exception>
    public static EnvironmentManifest Parse(ReadOnlyMemory<byte> content, RegistryReference reference)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            var root = json.RootElement;
            if (Fields.Text(root, "artifactType") != MediaTypes.Artifact)
            {
                var kind = Fields.Text(root, "artifactType") ?? Fields.Text(root, "mediaType") ?? "unknown";
                throw new RegistryException(RegistryFault.Foreign, $"{reference} is not an environment that condafuse pushed; it is of type {kind}");
            }

            var layers = root.GetProperty("layers");
            if (layers.GetArrayLength() is < 3 or > MaxData + 3)
            {
                throw Fields.Invalid(reference, $"the manifest has {layers.GetArrayLength()} layers");
            }

            var all = layers.EnumerateArray().Select(layer => Read(layer, reference)).ToList();
            var firstUses = all[^1].MediaType == MediaTypes.FirstUses ? all[^1] : null;
            var parts = firstUses is null ? all : all[..^1];
            var manifest = new EnvironmentManifest(Read(root.GetProperty("config"), reference), parts[0], parts[1..^1], parts[^1])
            {
                FirstUses = firstUses,
            };
            return manifest.Config.MediaType == MediaTypes.Config && manifest.Head is { MediaType: MediaTypes.Head, Size: StoredImage.HeadBytes }
                && manifest.Index.MediaType == MediaTypes.Index && manifest.Data.Count > 0
                && manifest.Data.All(blob => blob is { MediaType: MediaTypes.Data, Size: > 0 })
                    ? manifest
                    : throw Fields.Invalid(reference, "the manifest has layers of an unknown kind or in another order");
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Fields.Invalid(reference, "the manifest is not valid JSON of that form", failure);
        }
    }

    private static void Write(Utf8JsonWriter json, Descriptor blob)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", blob.MediaType);
        json.WriteString("digest", blob.Digest.ToString());
        json.WriteNumber("size", blob.Size);
        if (blob.Title is { } title)
        {
            json.WriteStartObject("annotations");
            json.WriteString(TitleKey, title);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static Descriptor Read(JsonElement blob, RegistryReference reference)
    {
        var size = blob.GetProperty("size").GetInt64();
        var digest = Hash.TryParse(Fields.Text(blob, "digest"));
        return digest is not null && size is >= 0 and <= MaxBlob
            ? new Descriptor(Fields.Text(blob, "mediaType") ?? "", digest, size)
            : throw Fields.Invalid(reference, "the manifest names a blob with an impossible digest or size");
    }
}

/// <summary>Fields of untrusted JSON.</summary>
internal static class Fields
{
    /// <summary>A text; null if there is none of that name.</summary>
    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>The failure for content that breaks the format.</summary>
    public static RegistryException Invalid(RegistryReference reference, string what, Exception? inner = null) =>
        new(RegistryFault.Damaged, $"{reference}: {what}", inner);
}
