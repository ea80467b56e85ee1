namespace CondaFuse.Activation;

/// <summary>The value of PATH, with conda's operations on it.</summary>
internal sealed class SearchPath
{
    private const string WhenUnset = "/usr/bin";

    private readonly List<string> _entries;

    public SearchPath(string? path) => _entries = [.. (path ?? WhenUnset).Split(':').Select(PathText.Normalize)];

    public override string ToString() => string.Join(':', _entries);

    /// <summary>Prepends a prefix.</summary>
    /// <param name="prefix">Normalized.</param>
    /// <param name="root">The base environment whose <c>condabin</c> must follow the prefix on PATH; null for none.</param>
    public SearchPath Add(string prefix, string? root)
    {
        if (root is not null && !_entries.Exists(entry => entry.EndsWith("condabin", StringComparison.Ordinal)))
        {
            _entries.Insert(0, PathText.Normalize($"{root}/condabin"));
        }

        _entries.Insert(0, Programs(prefix));
        return this;
    }

    /// <summary>Replaces the first occurrence of a prefix by another one, or prepends that if there is none.</summary>
    public SearchPath Replace(string? old, string prefix)
    {
        _entries.Insert(Math.Max(Take(old), 0), Programs(prefix));
        return this;
    }

    /// <summary>Removes the first occurrence of a prefix.</summary>
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

    /// <summary>The part after the last slash.</summary>
    public static string BaseName(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The part before the last slash; empty if there is none.</summary>
    public static string Parent(string path) => path[..Math.Max(path.LastIndexOf('/'), 0)];
}
