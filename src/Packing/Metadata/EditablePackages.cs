using System.Text;
using System.Text.Json;
using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Metadata;

/// <summary>
/// Finds editable packages: pip's <c>direct_url.json</c> marks them, <c>setup.py develop</c> leaves <c>.egg-link</c> files, and <c>.pth</c> files
/// name directories outside the environment.
/// </summary>
internal static class EditablePackages
{
    /// <summary>All of them without duplicates, with the location of their sources, by the most informative trace.</summary>
    /// <param name="files">The environment's files.</param>
    /// <param name="sitePackages">The directory of Python packages.</param>
    /// <param name="prefixes">The environment's prefixes.</param>
    public static IReadOnlyList<string> Find(SourceFiles files, string sitePackages, IReadOnlyList<string> prefixes)
    {
        var found = new List<Editable>();
        foreach (var traces in files.Below(sitePackages)
                .SelectMany(file => Traces(files, file, file[(sitePackages.Length + 1)..], prefixes))
                .GroupBy(trace => trace.By)
                .OrderBy(group => group.Key))
        {
            // A path that leads to a package's recorded sources, or below, belongs to that package.
            found.AddRange(
                [.. traces.Where(
                    trace => !found.Any(
                        other => trace.Directory == other.Directory
                            || trace.Directory.StartsWith($"{other.Directory}/", StringComparison.Ordinal)))]);
        }

        return [.. found.Select(editable => $"{editable.Name} ({editable.Location})").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<Editable> Traces(SourceFiles files, string file, string name, IReadOnlyList<string> prefixes)
    {
        if (name.EndsWith(".dist-info/direct_url.json", StringComparison.Ordinal) && name.Count(letter => letter == '/') == 1)
        {
            return EditableUrl(files.Read(file)) is { } url ? [new Editable(Trace.DirectUrl, name.Split('-')[0], url, DirectoryOf(url))] : [];
        }

        if (name.Contains('/', StringComparison.Ordinal))
        {
            return [];
        }

        return Path.GetExtension(name) switch
        {
            ".egg-link" => OutsideDirectories(files.Read(file), prefixes).Take(1)
                .Select(
                    directory =>
                        new Editable(Trace.EggLink, Path.GetFileNameWithoutExtension(name), directory, Path.TrimEndingDirectorySeparator(directory))),
            ".pth" => OutsideDirectories(files.Read(file), prefixes)
                .Select(directory => new Editable(Trace.Path, name, directory, Path.TrimEndingDirectorySeparator(directory))),
            _ => [],
        };
    }

    private static string DirectoryOf(string url) =>
        Path.TrimEndingDirectorySeparator(Uri.TryCreate(url, UriKind.Absolute, out var whole) && whole.IsFile ? whole.LocalPath : url);

    private static string? EditableUrl(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            return root.TryGetProperty("dir_info", out var info)
                && info.TryGetProperty("editable", out var editable)
                && editable.ValueKind == JsonValueKind.True
                ? root.GetProperty("url").GetString()
                : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The lines with absolute directories that are not below a prefix.</summary>
    private static IEnumerable<string> OutsideDirectories(byte[] content, IReadOnlyList<string> prefixes) =>
        Encoding.UTF8.GetString(content).Split('\n').Select(line => line.Trim())
            .Where(
                line => line.StartsWith('/') && !prefixes.Any(prefix => line == prefix || line.StartsWith($"{prefix}/", StringComparison.Ordinal)));

    /// <summary>The kinds of traces, the most informative first.</summary>
    private enum Trace
    {
        DirectUrl,
        EggLink,
        Path,
    }

    private sealed record Editable(Trace By, string Name, string Location, string Directory);
}
