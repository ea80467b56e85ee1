using System.Text.Json;
using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Metadata;

/// <summary>What conda has written into an environment's <c>conda-meta</c>.</summary>
internal sealed class CondaRecords
{
    /// <summary>The directory's name.</summary>
    public const string DirectoryName = "conda-meta";

    /// <summary>What conda did, with the prefix as it was then: never rewritten.</summary>
    public const string History = $"{DirectoryName}/history";

    private readonly Dictionary<string, ManagedFile> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _packages = new(StringComparer.Ordinal);

    /// <summary>The managed files, by path.</summary>
    public IReadOnlyDictionary<string, ManagedFile> Files => _files;

    /// <summary>Where python packages lie; null in an environment without python.</summary>
    public string? SitePackages { get; private set; }

    /// <summary>Whether a package of that name is installed.</summary>
    public bool Has(string package) => _packages.Contains(package);

    /// <summary>Whether a path is that of a package's record.</summary>
    public static bool IsRecord(string path) =>
        path.StartsWith($"{DirectoryName}/", StringComparison.Ordinal) && path.EndsWith(".json", StringComparison.Ordinal) && path.LastIndexOf('/') == DirectoryName.Length;

    /// <summary>Takes a package's record.</summary>
    /// <param name="path">Its path, for a person.</param>
    /// <param name="content">Its content.</param>
    /// <exception cref="PackingException">It is no record.</exception>
    public void Add(string path, byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            Add(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new PackingException(PackingFault.BadMetadata, $"{path} is no record of a package: {failure.Message}");
        }
    }

    private void Add(JsonElement record)
    {
        var name = record.GetProperty("name").GetString() ?? "";
        var version = Text(record, "version") ?? "";
        _packages.Add(name);
        if (name == "python")
        {
            SitePackages = Text(record, "python_site_packages_path") ?? $"lib/python{string.Join('.', version.Split('.').Take(2))}/site-packages";
        }

        if (record.TryGetProperty("files", out var files))
        {
            foreach (var file in files.EnumerateArray().Select(file => file.GetString()).OfType<string>())
            {
                _files[file] = new ManagedFile($"{name} {version}", file, PrefixMode.Unknown);
            }
        }

        if (record.TryGetProperty("paths_data", out var data) && data.TryGetProperty("paths", out var paths))
        {
            foreach (var path in paths.EnumerateArray())
            {
                var file = Describe($"{name} {version}", path);
                _files[file.Path] = file;
            }
        }
    }

    private static ManagedFile Describe(string package, JsonElement path)
    {
        var placeholder = Text(path, "prefix_placeholder");
        var mode = (placeholder, Text(path, "file_mode")) switch
        {
            (null or "", _) => PrefixMode.None,
            (_, "binary") => PrefixMode.Binary,
            _ => PrefixMode.Text,
        };
        return new ManagedFile(package, path.GetProperty("_path").GetString() ?? "", mode)
        {
            Placeholder = placeholder,
            PackageDigest = Text(path, "sha256"),
            InstalledDigest = Text(path, "sha256_in_prefix"),
            PackageSize = path.TryGetProperty("size_in_bytes", out var size) && size.ValueKind == JsonValueKind.Number ? size.GetInt64() : null,
        };
    }

    private static string? Text(JsonElement record, string property) =>
        record.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
