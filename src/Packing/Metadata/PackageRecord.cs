using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Metadata;

/// <summary>One file <c>conda-meta/NAME-VERSION-BUILD.json</c>, with the paths that conda recorded.</summary>
/// <param name="Name">The package's name.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsNoarchPython">Whether the package supports any Python, so that the environment's Python determines the location of its
/// files.</param>
/// <param name="SitePackages">For Python: the directory of its packages, below the prefix; null for any other package.</param>
/// <param name="Files">Paths below the prefix.</param>
/// <param name="Paths">The records of its files. In a noarch Python package, these paths are the package's: see <see cref="InstalledPath"/>.</param>
internal sealed record PackageRecord(
    string Name, string Version, bool IsNoarchPython, string? SitePackages, IReadOnlyList<string> Files, IReadOnlyList<ManagedFile> Paths)
{
    /// <summary>Name and version for messages.</summary>
    public string Title => $"{Name} {Version}";

    /// <summary>Reads a record.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="content">Its content.</param>
    /// <param name="isWanted">Selects paths that are kept besides those with a placeholder; null for all, and the list of
    /// files. A noarch Python package keeps all.</param>
    /// <exception cref="PackingException"><see cref="PackingFault.BadMetadata"/>.</exception>
    public static PackageRecord Parse(string path, byte[] content, Func<string, bool>? isWanted = null)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            return Of(document.RootElement, isWanted);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new PackingException(PackingFault.BadMetadata, $"{path} is not a package record: {failure.Message}");
        }
    }

    private static PackageRecord Of(JsonElement record, Func<string, bool>? isWanted)
    {
        var name = record.GetProperty("name").GetString() ?? "";
        var version = Text(record, "version") ?? "";
        var title = $"{name} {version}";
        var isNoarchPython = string.Equals(Text(record, "noarch"), "python", StringComparison.OrdinalIgnoreCase)
            || Text(record, "package_type") == "noarch_python";
        var sitePackages = name != "python" ? null
            : Text(record, "python_site_packages_path") ?? $"lib/python{string.Join('.', version.Split('.').Take(2))}/site-packages";
        IReadOnlyList<string> files = (isWanted is null || isNoarchPython) && record.TryGetProperty("files", out var list)
            ? [.. list.EnumerateArray().Select(file => file.GetString()).OfType<string>()]
            : [];
        IReadOnlyList<ManagedFile> paths = record.TryGetProperty("paths_data", out var data) && data.TryGetProperty("paths", out var entries)
            ? [.. entries.EnumerateArray().Where(IsKept).Select(entry => Describe(title, entry))]
            : [];
        return new PackageRecord(name, version, isNoarchPython, sitePackages, files, paths);

        bool IsKept(JsonElement entry) =>
            isWanted is null || isNoarchPython || entry.TryGetProperty("prefix_placeholder", out _)
            || isWanted(entry.GetProperty("_path").GetString() ?? "");
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

/// <summary>A file that conda installed.</summary>
/// <param name="Package">The package it belongs to: <c>name version</c>.</param>
/// <param name="Path">Its path below the prefix.</param>
/// <param name="Mode">How it contains the prefix.</param>
internal sealed record ManagedFile(string Package, string Path, PrefixMode Mode)
{
    /// <summary>The placeholder that was replaced by the prefix; null if none is recorded.</summary>
    public string? Placeholder { get; init; }

    /// <summary>SHA-256 of the package's file, in hexadecimal digits.</summary>
    public string? PackageDigest { get; init; }

    /// <summary>SHA-256 of the installed file.</summary>
    public string? InstalledDigest { get; init; }

    /// <summary>Length of the package's file in bytes.</summary>
    public long? PackageSize { get; init; }

    /// <summary>Whether the interpreter creates it when it is missing.</summary>
    public bool IsByteCode => Path.EndsWith(".pyc", StringComparison.Ordinal);
}

/// <summary>
/// The installed path of a file of a noarch Python package. conda installs <c>site-packages/</c> where the environment's Python looks for packages,
/// and <c>python-scripts/</c> as <c>bin/</c>, but records the package's own paths in <c>paths_data</c>.
/// </summary>
internal static class InstalledPath
{
    private const string SitePackages = "site-packages/";
    private const string Scripts = "python-scripts/";

    /// <summary>The path below the prefix.</summary>
    /// <param name="package">The package.</param>
    /// <param name="path">The recorded path. Byte code and entry points are recorded with their installed path.</param>
    /// <param name="sitePackages">The directory of the environment's Python packages; null without Python: then the package's list of files is
    /// used.</param>
    public static string Of(PackageRecord package, string path, string? sitePackages)
    {
        if (!package.IsNoarchPython)
        {
            return path;
        }

        if (path.StartsWith(Scripts, StringComparison.Ordinal))
        {
            return $"bin/{path[Scripts.Length..]}";
        }

        return !path.StartsWith(SitePackages, StringComparison.Ordinal) ? path
            : sitePackages is not null ? $"{sitePackages}/{path[SitePackages.Length..]}"
            : package.Files.FirstOrDefault(file => file.EndsWith($"/{path}", StringComparison.Ordinal)) ?? path;
    }
}

/// <summary>Removes the package's origin on this machine from its record: it has no meaning elsewhere.</summary>
internal static class RecordCleaning
{
    private static readonly string[] LocalPaths = ["extracted_package_dir", "package_tarball_full_path"];
    private static readonly JsonWriterOptions Form = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Clean(byte[] record)
    {
        var node = JsonNode.Parse(record)!.AsObject();
        foreach (var field in LocalPaths.Where(node.ContainsKey))
        {
            node[field] = "";
        }

        if (node["link"] is JsonObject link && link.ContainsKey("source"))
        {
            link["source"] = "";
        }

        using var result = new MemoryStream();
        using (var writer = new Utf8JsonWriter(result, Form))
        {
            node.WriteTo(writer);
        }

        return result.ToArray();
    }
}
