using System.Text.Json;

namespace CondaFuse.EnvironmentFiles.Installed;

/// <summary>The installed packages of an environment, as conda and pip recorded them.</summary>
/// <param name="Packages">The packages; the address is unknown for those that pip installed from an index.</param>
/// <param name="Variables">The environment's own variables (<c>conda env config vars</c>).</param>
/// <param name="Links">Editable packages, which no file can describe.</param>
public sealed record InstalledEnvironment(LockedPackages Packages, IReadOnlyDictionary<string, string> Variables, IReadOnlyList<string> Links)
{
    /// <summary>Reads the records of a prefix. Secrets are removed from addresses.</summary>
    /// <param name="prefix">Absolute.</param>
    public static InstalledEnvironment Read(string prefix)
    {
        var metadata = Path.Combine(prefix, "conda-meta");
        List<LockedPackage> conda = [];
        var owned = new HashSet<string>(StringComparer.Ordinal);
        string[] records = Directory.Exists(metadata) ? Directory.GetFiles(metadata, "*.json") : [];
        foreach (var path in records.Order(StringComparer.Ordinal))
        {
            if (Parse(path) is { } document)
            {
                using (document)
                {
                    conda.Add(Conda(document.RootElement));
                    owned.UnionWith(
                        Texts(document.RootElement, "files")
                            .Where(file => file.Contains(".dist-info/", StringComparison.Ordinal))
                            .Select(file => file[..file.IndexOf(".dist-info/", StringComparison.Ordinal)]));
                }
            }
        }

        List<LockedPackage> pip = [];
        List<string> links = [];
        foreach (var folder in DistInfos(prefix).Where(folder => !owned.Contains(Path.GetRelativePath(prefix, folder)[..^".dist-info".Length])))
        {
            ReadPip(folder, pip, links);
        }

        return new InstalledEnvironment(
            new LockedPackages(PackageOrder.Sort([.. conda.Where(package => package.Name.Length > 0)]), pip),
            ReadVariables(Path.Combine(metadata, "state")), links);
    }

    private static LockedPackage Conda(JsonElement record) => new(
        PackageManager.Conda, Text(record, "name") ?? string.Empty, Text(record, "version") ?? string.Empty,
            Credentials.Strip(Text(record, "url") ?? string.Empty))
    {
        Build = Text(record, "build") ?? string.Empty,
        Md5 = Text(record, "md5"),
        Sha256 = Text(record, "sha256"),
        Depends = [.. Texts(record, "depends")],
    };

    private static IEnumerable<string> DistInfos(string prefix)
    {
        var library = Path.Combine(prefix, "lib");
        return Directory.Exists(library)
            ? Directory.GetDirectories(library, "python*").Select(python => Path.Combine(python, "site-packages")).Where(Directory.Exists)
                .SelectMany(packages => Directory.GetDirectories(packages, "*.dist-info")).Where(folder => !Path.GetFileName(folder).StartsWith('~'))
                    .Order(StringComparer.Ordinal)
            : [];
    }

    private static void ReadPip(string folder, List<LockedPackage> pip, List<string> links)
    {
        var (name, version) = NameAndVersion(folder);
        if (name is null || ReadText(Path.Combine(folder, "INSTALLER"))?.Trim() == "conda")
        {
            return;
        }

        using var origin = Parse(Path.Combine(folder, "direct_url.json"));
        var package = new LockedPackage(PackageManager.Pip, name, version, string.Empty);
        if (origin is null)
        {
            pip.Add(package);
        }
        else if (origin.RootElement.TryGetProperty("archive_info", out var archive) && archive.ValueKind == JsonValueKind.Object)
        {
            pip.Add(package with { Url = Credentials.Strip(Text(origin.RootElement, "url") ?? string.Empty), Sha256 = Sha256Of(archive) });
        }
        else
        {
            links.Add($"{name} ({Credentials.Strip(Text(origin.RootElement, "url") ?? "?")})");
        }
    }

    /// <summary>From <c>METADATA</c>, which has the author's spelling of the name, or else from the folder's name.</summary>
    private static (string? Name, string Version) NameAndVersion(string folder)
    {
        var lines = (ReadText(Path.Combine(folder, "METADATA")) ?? string.Empty).Split('\n').TakeWhile(line => line.Trim().Length > 0).ToList();
        string? Field(string field) => lines.Find(line => line.StartsWith($"{field}: ", StringComparison.Ordinal))?[(field.Length + 2)..].Trim();
        var stem = Path.GetFileName(folder)[..^".dist-info".Length].Split('-');
        return (Field("Name") ?? stem[0], Field("Version") ?? (stem.Length > 1 ? stem[1] : string.Empty));
    }

    private static string? Sha256Of(JsonElement archive)
    {
        const string prefix = "sha256=";
        return archive.TryGetProperty("hashes", out var hashes) && Text(hashes, "sha256") is { } sum ? sum
            : Text(archive, "hash") is { } hash && hash.StartsWith(prefix, StringComparison.Ordinal) ? hash[prefix.Length..]
            : null;
    }

    private static Dictionary<string, string> ReadVariables(string state)
    {
        const string unset = "***unset***";
        using var document = Parse(state);
        return document is not null && document.RootElement.TryGetProperty("env_vars", out var variables)
            && variables.ValueKind == JsonValueKind.Object
            ? variables.EnumerateObject().Where(variable => variable.Value.ValueKind == JsonValueKind.String && variable.Value.GetString() != unset)
                .ToDictionary(variable => variable.Name, variable => variable.Value.GetString()!, StringComparer.Ordinal)
            : [];
    }

    /// <summary>A JSON object; null if the file does not exist or holds anything else.</summary>
    private static JsonDocument? Parse(string path)
    {
        try
        {
            if (ReadText(path) is not { } text)
            {
                return null;
            }

            var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement record, string member) =>
        record.ValueKind == JsonValueKind.Object && record.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static IEnumerable<string> Texts(JsonElement record, string member) =>
        record.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)
            : [];
}
