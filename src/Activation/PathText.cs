namespace CondaFuse.Activation;

/// <summary>Paths as text, by the rules of Python's <c>posixpath</c>, which conda applies to every entry of PATH.</summary>
internal static class PathText
{
    /// <summary><c>normpath</c>: without empty and <c>.</c> components, <c>..</c> resolved by text; an empty path is <c>.</c>.</summary>
    public static string Normalize(string path)
    {
        var root = path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("///", StringComparison.Ordinal) ? "//" : path.StartsWith('/') ? "/" : string.Empty;
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
