namespace CondaFuse.Activation;

/// <summary>The value of PATH as conda changes it.</summary>
internal sealed class SearchPath
{
    private const string WhenUnset = "/usr/bin";

    private readonly List<string> _entries;

    public SearchPath(string? path) => _entries = [.. (path ?? WhenUnset).Split(':').Select(PathText.Normalize)];

    public override string ToString() => string.Join(':', _entries);

    /// <summary>Puts a prefix in front.</summary>
    /// <param name="prefix">Normalized.</param>
    /// <param name="root">The base environment whose <c>condabin</c> shall be on PATH too, behind it; null for none.</param>
    public SearchPath Add(string prefix, string? root)
    {
        if (root is not null && !_entries.Exists(entry => entry.EndsWith("condabin", StringComparison.Ordinal)))
        {
            _entries.Insert(0, PathText.Normalize($"{root}/condabin"));
        }

        _entries.Insert(0, Programs(prefix));
        return this;
    }

    /// <summary>Puts a prefix where another stands first, or in front if that is not there.</summary>
    public SearchPath Replace(string? old, string prefix)
    {
        _entries.Insert(Math.Max(Take(old), 0), Programs(prefix));
        return this;
    }

    /// <summary>Removes a prefix where it stands first.</summary>
    public SearchPath Remove(string old)
    {
        Take(old);
        return this;
    }

    private static string Programs(string prefix) => $"{prefix}/bin";

    private int Take(string? old)
    {
        var index = old is null ? -1 : _entries.IndexOf(PathText.Normalize(Programs(old)));
        if (index >= 0)
        {
            _entries.RemoveAt(index);
        }

        return index;
    }
}

/// <summary>Paths as text, by the rules of Python's <c>posixpath</c>, which conda applies to every entry of PATH.</summary>
internal static class PathText
{
    /// <summary><c>normpath</c>: without empty and <c>.</c> components, <c>..</c> resolved by text; an empty path is <c>.</c>.</summary>
    public static string Normalize(string path)
    {
        var root = path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("///", StringComparison.Ordinal) ? "//"
            : path.StartsWith('/') ? "/"
            : string.Empty;
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part != ".." || (root.Length == 0 && parts.Count == 0) || (parts.Count > 0 && parts[^1] == ".."))
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        return root + string.Join('/', parts) is { Length: > 0 } normal ? normal : ".";
    }

    /// <summary>What follows the last slash.</summary>
    public static string BaseName(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>What precedes the last slash; empty if there is none.</summary>
    public static string Parent(string path) => path[..Math.Max(path.LastIndexOf('/'), 0)];
}
