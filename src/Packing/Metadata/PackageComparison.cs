using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Metadata;

/// <summary>Derives changes of packages from changes of files, by the metadata files of conda and pip.</summary>
/// <param name="before">The earlier tree.</param>
/// <param name="after">The later tree.</param>
/// <param name="prefix">The environment's directory in both; empty if it is the root.</param>
public sealed class PackageComparison(IReadableTree before, IReadableTree after, string prefix)
{
    private const string Conda = "conda";
    private const string UnknownInstaller = "python";
    private const string CondaFolder = "conda-meta/";
    private const string CondaExtension = ".json";
    private const string PythonExtension = ".dist-info";

    /// <summary>The packages that differ, by name.</summary>
    /// <param name="removed">Paths of the earlier tree that the later one does not have.</param>
    /// <param name="added">Paths of the later tree that the earlier one does not have.</param>
    public IReadOnlyList<PackageChange> Compare(
        IEnumerable<(ReadOnlyMemory<byte> Path, EntryKind Kind)> removed, IEnumerable<(ReadOnlyMemory<byte> Path, EntryKind Kind)> added)
    {
        ArgumentNullException.ThrowIfNull(removed);
        ArgumentNullException.ThrowIfNull(added);
        var old = new Dictionary<(string Name, string Installer), string>();
        var now = new Dictionary<(string Name, string Installer), string>();
        foreach (var (path, kind) in removed)
        {
            Note(before, path, kind, old);
        }

        foreach (var (path, kind) in added)
        {
            Note(after, path, kind, now);
        }

        var changes = old.Keys.Union(now.Keys)
            .OrderBy(package => package.Name, StringComparer.Ordinal)
            .ThenBy(package => package.Installer, StringComparer.Ordinal)
            .Select(package => new PackageChange(package.Name, package.Installer, old.GetValueOrDefault(package), now.GetValueOrDefault(package)))
            .Where(change => change.Before != change.After).ToList();
        return [.. changes.Where(change => change.Installer == Conda || !changes.Exists(other => other.Installer == Conda && IsSame(change, other)))];
    }

    /// <summary>Whether a Python package belongs to an equal package of conda: not every conda package has an INSTALLER file that says so.</summary>
    private static bool IsSame(PackageChange python, PackageChange conda) =>
        (python.Before, python.After) == (conda.Before, conda.After) && Normalised(python.Name) == Normalised(conda.Name);

    /// <summary>Normalizes package names like Python: lower case, with runs of <c>-</c>, <c>_</c> and <c>.</c> replaced by one <c>-</c>.</summary>
    private static string Normalised(string name) =>
        string.Join('-', name.ToLowerInvariant().Split(['-', '_', '.'], StringSplitOptions.RemoveEmptyEntries));

    private void Note(IReadableTree tree, ReadOnlyMemory<byte> path, EntryKind kind, Dictionary<(string Name, string Installer), string> packages)
    {
        var text = Encoding.UTF8.GetString(path.Span);
        if (prefix.Length > 0)
        {
            if (!text.StartsWith($"{prefix}/", StringComparison.Ordinal))
            {
                return;
            }

            text = text[(prefix.Length + 1)..];
        }

        if (kind == EntryKind.File && ParseConda(text) is var (name, version))
        {
            packages[(name, Conda)] = version;
        }
        else if (kind == EntryKind.Directory
            && ParsePython(text) is var (module, release)
            && InstallerOf(tree, path.Span) is var installer and not Conda)
        {
            packages[(module, installer)] = release;
        }
    }

    /// <summary><c>conda-meta/NAME-VERSION-BUILD.json</c>; names may contain hyphens, versions and builds may not.</summary>
    internal static (string Name, string Version)? ParseConda(string path)
    {
        if (!path.StartsWith(CondaFolder, StringComparison.Ordinal)
            || !path.EndsWith(CondaExtension, StringComparison.Ordinal)
            || path.LastIndexOf('/') != CondaFolder.Length - 1)
        {
            return null;
        }

        var stem = path[CondaFolder.Length..^CondaExtension.Length];
        var build = stem.LastIndexOf('-');
        var version = build > 0 ? stem.LastIndexOf('-', build - 1) : -1;
        return version > 0 ? (stem[..version], stem[(version + 1)..build]) : null;
    }

    /// <summary><c>…/NAME-VERSION.dist-info</c>; a <c>~</c> before the name marks a package that pip is just removing.</summary>
    internal static (string Name, string Version)? ParsePython(string path)
    {
        var folder = path[(path.LastIndexOf('/') + 1)..];
        var hyphen = folder.IndexOf('-', StringComparison.Ordinal);
        return folder.EndsWith(PythonExtension, StringComparison.Ordinal)
            && hyphen > 0
            && hyphen + 1 < folder.Length - PythonExtension.Length
            && folder[0] != '~'
            ? (folder[..hyphen], folder[(hyphen + 1)..^PythonExtension.Length])
            : null;
    }

    private static string InstallerOf(IReadableTree tree, ReadOnlySpan<byte> folder)
    {
        if (!tree.TryFind([.. folder, .. "/INSTALLER"u8], out var file) || file.Kind != EntryKind.File)
        {
            return UnknownInstaller;
        }

        var text = new byte[64];
        var name = Encoding.UTF8.GetString(text, 0, tree.Read(file.Node, 0, text)).Trim();
        return name.Length > 0 ? name : UnknownInstaller;
    }
}

/// <summary>A package whose versions differ between two states of an environment, or that only one of them has.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Installer">Its installer: <c>conda</c>, <c>pip</c>, or the name of another one.</param>
/// <param name="Before">Its earlier version; null if it was not there.</param>
/// <param name="After">Its later version; null if it is gone.</param>
public sealed record PackageChange(string Name, string Installer, string? Before, string? After);

/// <summary>Changes of packages in one line: <c>+numpy 1.26.4, requests 2.31.0 to 2.32.0, -scipy 1.11.4</c>.</summary>
public static class PackageText
{
    /// <summary>Maximum number of named packages; the others are only counted.</summary>
    private const int MaxNamed = 12;

    /// <summary>The line; empty if there are no changes.</summary>
    public static string Of(IReadOnlyList<PackageChange> changes)
    {
        var words = changes.Take(MaxNamed).Select(change => (change.Before, change.After) switch
        {
            (null, var after) => $"+{change.Name} {after}",
            (var before, null) => $"-{change.Name} {before}",
            var (before, after) => $"{change.Name} {before} to {after}",
        });
        var rest = changes.Count - MaxNamed;
        return string.Join(", ", rest > 0 ? words.Append($"and {rest} more") : words);
    }
}
