using System.Text.Json;
using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Metadata;

/// <summary>One file <c>conda-meta/NAME-VERSION-BUILD.json</c>, with the paths as conda recorded them.</summary>
/// <param name="Name">The package's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsNoarchPython">Whether the package fits any python, so that the environment's python decides where its files lie.</param>
/// <param name="SitePackages">Of python: where its packages lie, below the prefix; null of any other package.</param>
/// <param name="Files">Paths below the prefix.</param>
/// <param name="Paths">What is recorded of each file. In a noarch python package these paths are its own: see <see cref="InstalledPath"/>.</param>
internal sealed record PackageRecord(
    string Name, string Version, bool IsNoarchPython, string? SitePackages, IReadOnlyList<string> Files, IReadOnlyList<ManagedFile> Paths)
{
    /// <summary>How a package is called in messages: <c>name version</c>.</summary>
    public string Title => $"{Name} {Version}";

    /// <summary>Reads a record.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="content">Its content.</param>
    /// <exception cref="PackingException"><see cref="PackingFault.BadMetadata"/>.</exception>
    public static PackageRecord Parse(string path, byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return Of(document.RootElement);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new PackingException(PackingFault.BadMetadata, $"{path} is not a package record: {failure.Message}");
        }
    }

    private static PackageRecord Of(JsonElement record)
    {
        var name = record.GetProperty("name").GetString() ?? "";
        var version = Text(record, "version") ?? "";
        var isNoarchPython = string.Equals(Text(record, "noarch"), "python", StringComparison.OrdinalIgnoreCase)
            || Text(record, "package_type") == "noarch_python";
        var sitePackages = name != "python" ? null
            : Text(record, "python_site_packages_path") ?? $"lib/python{string.Join('.', version.Split('.').Take(2))}/site-packages";
        IReadOnlyList<string> files = record.TryGetProperty("files", out var list)
            ? [.. list.EnumerateArray().Select(file => file.GetString()).OfType<string>()]
            : [];
        IReadOnlyList<ManagedFile> paths = record.TryGetProperty("paths_data", out var data) && data.TryGetProperty("paths", out var entries)
            ? [.. entries.EnumerateArray().Select(entry => Describe($"{name} {version}", entry))]
            : [];
        return new PackageRecord(name, version, isNoarchPython, sitePackages, files, paths);
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
