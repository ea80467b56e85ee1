using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
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

/// <summary>A file that conda installed.</summary>
/// <param name="Package">The package it belongs to: <c>name version</c>.</param>
/// <param name="Path">Its path below the prefix.</param>
/// <param name="Mode">How the prefix lies in it.</param>
internal sealed record ManagedFile(string Package, string Path, PrefixMode Mode)
{
    /// <summary>What the prefix stands in place of; null where none is recorded.</summary>
    public string? Placeholder { get; init; }

    /// <summary>SHA-256 in the package, in hexadecimal digits.</summary>
    public string? PackageDigest { get; init; }

    /// <summary>SHA-256 as it was installed.</summary>
    public string? InstalledDigest { get; init; }

    /// <summary>Bytes in the package.</summary>
    public long? PackageSize { get; init; }

    /// <summary>Whether the interpreter makes it when it is not there, so that nobody misses it.</summary>
    public bool IsByteCode => Path.EndsWith(".pyc", StringComparison.Ordinal);
}

/// <summary>
/// Where a file of a noarch python package lies: conda installs <c>site-packages/</c> where the environment's python looks for packages and
/// <c>python-scripts/</c> as <c>bin/</c>, but records the package's own paths in <c>paths_data</c>.
/// </summary>
internal static class InstalledPath
{
    private const string SitePackages = "site-packages/";
    private const string Scripts = "python-scripts/";

    /// <summary>The path below the prefix.</summary>
    /// <param name="package">The package.</param>
    /// <param name="path">The recorded path. Byte code and entry points are recorded where they lie, and stay.</param>
    /// <param name="sitePackages">Where the environment's python has its packages; null without a python:
    /// then the package's list of files tells.</param>
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

/// <summary>Takes out of a package's record where it came from on this machine: elsewhere that means nothing.</summary>
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
