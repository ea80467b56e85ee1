using CondaFuse.Images;
using CondaFuse.Images.SquashFs;

namespace CondaFuse.Store.Committing;

/// <summary>Tells when an archive is worth compacting although nobody asked for it.</summary>
public static class CompactionNeed
{
    /// <summary>Generations that remain then: the last change can always be undone.</summary>
    public const int Kept = 2;

    /// <summary>Of so many equal parts of the file, more than one must be of no use to those.</summary>
    private const int Share = 3;

    /// <summary>Bytes; fewer are not worth it.</summary>
    private const long Least = 8 << 20;

    /// <summary>How many bytes of an archive's file are of no use to its newest two generations; 0 if that is not worth it. Mostly decided by a look at the newest record.</summary>
    /// <param name="image">Canonical path of the archive.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <exception cref="ImageException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static long Bytes(string image, int threads)
    {
        var length = new FileInfo(image).Length;
        if (!ImageTree.HasGenerations(image) || !IsWorth(ImageHistory.Read(image)[0].DeadBytes, length))
        {
            return 0;
        }

        var unneeded = SquashFsCompaction.UnneededBytes(image, Kept, threads);
        return IsWorth(unneeded, length) ? unneeded : 0;
    }

    private static bool IsWorth(long unneeded, long length) => unneeded >= Least && unneeded > length / Share;
}
