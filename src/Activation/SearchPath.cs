namespace CondaFuse.Activation;

/// <summary>The value of PATH as conda changes it.</summary>
internal sealed class SearchPath
{
    private const string WhenUnset = "/usr/bin";

    private readonly List<string> entries;

    public SearchPath(string? path) => entries = [.. (path ?? WhenUnset).Split(':').Select(PathText.Normalize)];

    public override string ToString() => string.Join(':', entries);

    /// <summary>Puts a prefix in front.</summary>
    /// <param name="prefix">Normalized.</param>
    /// <param name="root">The base environment whose <c>condabin</c> shall be on PATH too, behind it; null for none.</param>
    public SearchPath Add(string prefix, string? root)
    {
        if (root is not null && !entries.Exists(entry => entry.EndsWith("condabin", StringComparison.Ordinal)))
        {
            entries.Insert(0, PathText.Normalize($"{root}/condabin"));
        }

        entries.Insert(0, Programs(prefix));
        return this;
    }

    /// <summary>Puts a prefix where another stands first, or in front if that is not there.</summary>
    public SearchPath Replace(string? old, string prefix)
    {
        entries.Insert(Math.Max(Take(old), 0), Programs(prefix));
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
        var index = old is null ? -1 : entries.IndexOf(PathText.Normalize(Programs(old)));
        if (index >= 0)
        {
            entries.RemoveAt(index);
        }

        return index;
    }
}
