using CondaFuse.Images;
using CondaFuse.Tree;

namespace CondaFuse.Store.FirstUse;

/// <summary>
/// The file with the list of one archive, in the user's cache. It is a hint that may be missing, outdated or deleted at any time. Several processes
/// may write it at once; each writes the whole file.
/// </summary>
/// <param name="path">Its path.</param>
public sealed class FirstUseFile(string path)
{
    /// <summary>How many lists to keep, two per archive: the most recently written ones.</summary>
    private const int MaxLists = 256;
    private const int LongestFile = 4 << 20;

    /// <summary>Its path.</summary>
    public string Path { get; } = path;

    /// <summary>Reads the list; empty if there is no valid one.</summary>
    public IReadOnlyList<UsedRange> Read() => CacheFile.TryRead(Path, LongestFile) is { } content ? FirstUseList.TryParse(content) ?? [] : [];

    /// <summary>
    /// Merges new ranges into the list. The file is not synced: a list that is lost or empty after a power failure is created again.
    /// </summary>
    /// <exception cref="IOException">It cannot be written: the list is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Add(IReadOnlyList<UsedRange> used)
    {
        if (used.Count == 0)
        {
            return;
        }

        var known = Read();
        var merged = known.Count == 0 ? used : FirstUseList.Merge(known, used);
        if (merged.Count != known.Count || ReferenceEquals(merged, used))
        {
            Write(merged);
        }
    }

    /// <summary>Removes files that no longer exist.</summary>
    /// <exception cref="IOException">As for <see cref="Add"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Forget(Predicate<UsedRange> isGone)
    {
        var known = Read();
        List<UsedRange> left = [.. known.Where(range => !isGone(range))];
        if (left.Count < known.Count)
        {
            Write(left);
        }
    }

    private void Write(IReadOnlyList<UsedRange> ranges) => CacheFile.Write(Path, FirstUseList.Format(ranges), MaxLists);
}
