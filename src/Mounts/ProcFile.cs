namespace CondaFuse.Mounts;

/// <summary>Files and links below <c>/proc</c>: the process behind them may be gone, or somebody else's, at any moment.</summary>
internal static class ProcFile
{
    /// <summary>The content, or null if it cannot be read now.</summary>
    internal static string? TryReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (IsGone(failure))
        {
            return null;
        }
    }

    /// <summary>Where a link points, or null.</summary>
    internal static string? TryReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception failure) when (IsGone(failure))
        {
            return null;
        }
    }

    /// <summary>Names in a directory; none if it cannot be read.</summary>
    internal static IReadOnlyList<string> List(string path)
    {
        try
        {
            return Directory.GetFileSystemEntries(path);
        }
        catch (Exception failure) when (IsGone(failure))
        {
            return [];
        }
    }

    /// <summary>Ids of all processes.</summary>
    internal static IEnumerable<int> ProcessIds() =>
        Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0).Where(id => id > 0);

    // ESRCH, which a process that ends between open and read gives, reaches us as an IOException.
    private static bool IsGone(Exception failure) => failure is IOException or UnauthorizedAccessException;
}
