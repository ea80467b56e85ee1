using CondaFuse.Images.SquashFs.Compacting;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs;

/// <summary>
/// Rewrites images with some of their generations. The blocks that they need are moved in stored form. Each generation keeps its number, time,
/// message, difference and inode numbers, so that changes that build on it still fit.
/// </summary>
public static class SquashFsCompaction
{
    /// <summary>
    /// Writes a new file, which replaces the image when it is complete and on its storage. Processes that have the old file open keep it.
    /// </summary>
    /// <param name="folder">The image's folder.</param>
    /// <param name="name">The image's file in it, not a symlink.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Receives the number of bytes of content moved; must return quickly.</param>
    /// <param name="cancellation">Cancels; the image is unchanged then.</param>
    /// <returns>Null if there is nothing to remove, or a generation without a record, which another tool wrote, would have to be kept.</returns>
    /// <exception cref="ImageException">The image is damaged. It is unchanged.</exception>
    /// <exception cref="TreeException">The new file could not be written: the image is unchanged.</exception>
    public static CompactionResult? KeepNewest(
        IStorageFolder folder, string name, CompactionOptions options, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Keep, 1, nameof(options));
        var path = Path.Combine(folder.Path, name);
        var source = StorageFailures.Try(() => folder.Open(name, StorageAccess.Read), path);
        Writing.StoredOutput? output = null;
        try
        {
            var generations = Generation.All(new ImageFile(source, path)).ToList();
            var kept = generations.Take(options.Keep).Where(generation => options.Numbers?.Contains(generation.Number) ?? true).ToList();
            if (kept.Count == 0 || kept[0] != generations[0])
            {
                throw new ArgumentException("the newest generation must be kept", nameof(options));
            }

            if (kept.Count == generations.Count || kept.Exists(generation => generation.Record is null))
            {
                return null;
            }

            output = new Writing.StoredOutput(StorageFailures.Begin(folder, name, source.Rights));
            var before = source.Length;
            new HistoryMove(() => new ImageFile(source, path), [.. Enumerable.Reverse(kept)], output, options.Threads)
                .Run(generations, progress, cancellation);
            cancellation.ThrowIfCancellationRequested();

            // The Publishing callback may require that no process has the image open.
            source.Dispose();
            output.Publish(options.Publishing);
            return new CompactionResult(before, output.Position, [.. kept.Select(generation => generation.Number)], generations.Count - kept.Count);
        }
        finally
        {
            output?.Dispose();
            source.Dispose();
        }
    }

    /// <summary>
    /// How many bytes of an image's file its newest generations do not need. Keeping only those would free that much, or slightly more.
    /// </summary>
    /// <param name="path">The image.</param>
    /// <param name="keep">Number of generations to keep.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <exception cref="ImageException">It is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static long UnneededBytes(string path, int keep, int threads) => UnneededBytes(path, (index, _) => index < keep, threads);

    /// <summary>The same for any set of generations.</summary>
    /// <param name="path">The image.</param>
    /// <param name="kept">The numbers of the generations to keep.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <exception cref="ImageException">It is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static long UnneededBytes(string path, IReadOnlySet<long> kept, int threads) =>
        UnneededBytes(path, (_, generation) => kept.Contains(generation.Number), threads);

    private static long UnneededBytes(string path, Func<int, Generation, bool> isKept, int threads)
    {
        using var file = new ImageFile(path);
        var generations = Generation.All(file).ToList();
        var kept = generations.Where((generation, index) => isKept(index, generation)).ToList();
        if (kept.Count == generations.Count)
        {
            return 0;
        }

        var blocks = new KeptBlocks(generations[0].Superblock.BlockSize);
        var tables = 0L;
        foreach (var generation in kept)
        {
            using var image = Committing.BaseImage.Read(new ImageFile(path), generation, threads);
            blocks.Add(image);
            tables += generation.Superblock.BytesUsed - (long)(generation.Record?.Raw.PrivateTables ?? generation.Superblock.Raw.InodeTable);
        }

        return Math.Max(0, file.Length - blocks.Bytes - tables);
    }
}
