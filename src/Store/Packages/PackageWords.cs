namespace CondaFuse.Store.Packages;

/// <summary>Changes of packages in one line: <c>+numpy 1.26.4, requests 2.31.0 to 2.32.0, -scipy 1.11.4</c>.</summary>
public static class PackageWords
{
    /// <summary>More are counted, not named.</summary>
    private const int MostNamed = 12;

    /// <summary>The line; empty without a change.</summary>
    public static string Of(IReadOnlyList<PackageChange> changes)
    {
        var words = changes.Take(MostNamed).Select(change => (change.Before, change.After) switch
        {
            (null, var after) => $"+{change.Name} {after}",
            (var before, null) => $"-{change.Name} {before}",
            var (before, after) => $"{change.Name} {before} to {after}",
        });
        var rest = changes.Count - MostNamed;
        return string.Join(", ", rest > 0 ? words.Append($"and {rest} more") : words);
    }
}
