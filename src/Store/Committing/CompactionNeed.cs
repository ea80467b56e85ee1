using CondaFuse.Images;
using CondaFuse.Images.SquashFs;

namespace CondaFuse.Store.Committing;

/// <summary>That an archive is worth compacting although nobody asked for it.</summary>
/// <param name="Bytes">How many of its file are of no use to the generations that remain.</param>
/// <param name="Kept">How many those are, the newest: what was done last, also a rollback, can be undone.</param>
/// <param name="Dropped">The numbers of the others, the lowest first.</param>
public sealed record CompactionNeed(long Bytes, int Kept, IReadOnlyList<long> Dropped)
{
    /// <summary>Generations that remain at least.</summary>
    private const int Fewest = 2;

    /// <summary>Of so many equal parts of the file, more than one must be of no use to those.</summary>
    private const int Share = 3;

    /// <summary>Bytes; fewer are not worth it.</summary>
    private const long Least = 8 << 20;

    /// <summary>Looks at an archive; null if it is not worth it. Mostly decided by a look at the newest record.</summary>
    /// <param name="image">Canonical path of the archive.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <exception cref="ImageException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static CompactionNeed? Find(string image, int threads)
    {
        var length = new FileInfo(image).Length;
        if (!ImageTree.HasGenerations(image) || !IsWorth(ImageHistory.Read(image)[0].DeadBytes, length))
        {
            return null;
        }

        var history = ImageHistory.Read(image);
        var kept = Fewest;
        while (kept < history.Count && history[kept - 1].Restored is not null)
        {
            kept++; // what a rollback undid comes right before it
        }

        var unneeded = SquashFsCompaction.UnneededBytes(image, kept, threads);
        return IsWorth(unneeded, length) ? new CompactionNeed(unneeded, kept, [.. history.Skip(kept).Select(entry => entry.Number).Order()]) : null;
    }

    private static bool IsWorth(long unneeded, long length) => unneeded >= Least && unneeded > length / Share;
}
