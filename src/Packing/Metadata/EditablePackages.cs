using System.Text;
using System.Text.Json;
using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Metadata;

/// <summary>
/// Finds packages that are installed as links to their sources: what pip's <c>direct_url.json</c> calls editable, the
/// <c>.egg-link</c> files of <c>setup.py develop</c>, and <c>.pth</c> files with directories outside of the environment.
/// </summary>
internal static class EditablePackages
{
    /// <summary>All of them, with where their sources are; each once, by what tells most of it.</summary>
    /// <param name="files">The environment's files.</param>
    /// <param name="sitePackages">Where python packages lie.</param>
    /// <param name="prefixes">The environment's prefixes.</param>
    public static IReadOnlyList<string> Find(SourceFiles files, string sitePackages, IReadOnlyList<string> prefixes)
    {
        var found = new List<Editable>();
        foreach (var traces in files.Below(sitePackages)
                .SelectMany(file => Traces(files, file, file[(sitePackages.Length + 1)..], prefixes))
                .GroupBy(trace => trace.By)
                .OrderBy(group => group.Key))
        {
            // A path that leads where a package's own record leads, or below, is of that package.
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

    /// <summary>The lines that are absolute directories and not below a prefix.</summary>
    private static IEnumerable<string> OutsideDirectories(byte[] content, IReadOnlyList<string> prefixes) =>
        Encoding.UTF8.GetString(content).Split('\n').Select(line => line.Trim())
            .Where(
                line => line.StartsWith('/') && !prefixes.Any(prefix => line == prefix || line.StartsWith($"{prefix}/", StringComparison.Ordinal)));

    /// <summary>By what a package shows, that which tells most first.</summary>
    private enum Trace
    {
        DirectUrl,
        EggLink,
        Path,
    }

    private sealed record Editable(Trace By, string Name, string Location, string Directory);
}
