using CondaFuse.Tree;

namespace CondaFuse.Store.FirstUse;

/// <summary>
/// The file that keeps the list of one archive, in the user's cache: a hint, that may be missing, old or
/// deleted at any time. Several may write it at once, each the whole of it.
/// </summary>
/// <param name="path">Its path.</param>
public sealed class FirstUseFile(string path)
{
    /// <summary>So many lists are kept, two of each archive: those written last.</summary>
    private const int MaxLists = 256;
    private const long LongestFile = 4L << 20;

    /// <summary>Its path.</summary>
    public string Path { get; } = path;

    /// <summary>Reads a list; empty where there is none that is sound.</summary>
    public IReadOnlyList<UsedRange> Read()
    {
        try
        {
            var file = new FileInfo(Path);
            return file.Exists && file.Length <= LongestFile ? FirstUseList.TryParse(File.ReadAllBytes(Path)) ?? [] : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Adds what was asked for to what is known. Not synced: a list that is lost, or empty after a power cut, is made again.</summary>
    /// <exception cref="IOException">It cannot be written: the list is as it was.</exception>
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

    /// <summary>Takes files out that are not there any more.</summary>
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
