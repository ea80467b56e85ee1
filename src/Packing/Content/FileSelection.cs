using CondaFuse.Packing.Metadata;

namespace CondaFuse.Packing.Content;

/// <summary>Decides which files are packed.</summary>
internal sealed class FileSelection
{
    /// <summary>Old versions of conda put these into every activated environment.</summary>
    private static readonly HashSet<string> OldScripts = new(StringComparer.Ordinal) { "bin/conda", "bin/activate", "bin/deactivate" };

    private readonly CondaRecords _records;
    private readonly List<(bool Includes, FilePattern Pattern)> _filters;

    public FileSelection(CondaRecords records, IEnumerable<FileFilter> filters)
    {
        _records = records;
        _filters = [.. filters.Select(filter => (filter.Includes, new FilePattern(filter.Pattern)))];
    }

    /// <summary>Whether a file is packed.</summary>
    public bool Takes(SourceFile file) => Passes(file.Path) && (_records.Files.ContainsKey(file.Path) || !IsMadeByTheWay(file.Path));

    /// <summary>Managed files that would be packed, but do not exist. Byte code does not count as missing: the interpreter creates it.</summary>
    public IReadOnlyList<ManagedFile> Missing(SourceFiles files) =>
    [
        .. _records.Files.Values.Where(
            file => !file.IsByteCode && !files.ByPath.ContainsKey(file.Path) && !SourceFiles.IsLeftOut(file.Path) && Passes(file.Path)),
    ];

    private bool Passes(string path)
    {
        var taken = true;
        foreach (var (includes, pattern) in _filters)
        {
            if (taken != includes && pattern.Matches(path))
            {
                taken = includes;
            }
        }

        return taken;
    }

    private bool IsMadeByTheWay(string path) => OldScripts.Contains(path) || (SourceOf(path) is { } source && _records.Files.ContainsKey(source));

    /// <summary>The source of byte code: <c>a/b.py</c> for <c>a/__pycache__/b.cpython-311.pyc</c> (PEP 3147); null for anything else.</summary>
    private static string? SourceOf(string path)
    {
        const string cache = "__pycache__/";
        var name = path[(path.LastIndexOf('/') + 1)..];
        var directory = path[..^name.Length];
        return directory.EndsWith(cache, StringComparison.Ordinal)
            && name.EndsWith(".pyc", StringComparison.Ordinal)
            && name.Split('.') is { Length: 3 or 4 } parts
            ? $"{directory[..^cache.Length]}{parts[0]}.py"
            : null;
    }
}

/// <summary>Excludes files, or includes files again that an earlier filter excluded.</summary>
/// <param name="Includes">Whether it includes.</param>
/// <param name="Pattern">Which files, by path below the prefix (see <see cref="FilePattern"/>).</param>
public sealed record FileFilter(bool Includes, string Pattern);
