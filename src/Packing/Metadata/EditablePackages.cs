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
    /// <summary>All of them, with where their sources are.</summary>
    /// <param name="files">The environment's files.</param>
    /// <param name="sitePackages">Where python packages lie.</param>
    /// <param name="prefixes">The environment's prefixes.</param>
    public static IReadOnlyList<string> Find(SourceFiles files, string sitePackages, IReadOnlyList<string> prefixes)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files.Below(sitePackages))
        {
            var name = file[(sitePackages.Length + 1)..];
            if (name.EndsWith(".dist-info/direct_url.json", StringComparison.Ordinal) && name.Count(letter => letter == '/') == 1)
            {
                if (EditableUrl(files.Read(file)) is { } url)
                {
                    found[name.Split('-')[0]] = url;
                }
            }
            else if (!name.Contains('/', StringComparison.Ordinal) && Path.GetExtension(name) is ".egg-link" or ".pth")
            {
                if (OutsideDirectory(files.Read(file), prefixes) is { } directory)
                {
                    found.TryAdd(Path.GetExtension(name) == ".pth" ? name : Path.GetFileNameWithoutExtension(name), directory);
                }
            }
        }

        return [.. found.Select(pair => $"{pair.Key} ({pair.Value})")];
    }

    private static string? EditableUrl(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            return root.TryGetProperty("dir_info", out var info) && info.TryGetProperty("editable", out var editable) && editable.ValueKind == JsonValueKind.True
                ? root.GetProperty("url").GetString()
                : null;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The first line that is an absolute directory and not below a prefix.</summary>
    private static string? OutsideDirectory(byte[] content, IReadOnlyList<string> prefixes) =>
        Encoding.UTF8.GetString(content).Split('\n').Select(line => line.Trim())
            .FirstOrDefault(line => line.StartsWith('/') && !prefixes.Any(prefix => line == prefix || line.StartsWith($"{prefix}/", StringComparison.Ordinal)));
}
