using CondaFuse.Images.SquashFs.Compacting;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs;

/// <summary>
/// Rewrites images with some of their generations. Blocks that one of them needs are moved as they are stored; each generation keeps its number,
/// time, message, difference and inode numbers, so that changes that build on it still fit.
/// </summary>
public static class SquashFsCompaction
{
    /// <summary>
    /// Writes it: a new file, which takes the image's name when it is whole and on its storage. Who has the old one open keeps that.
    /// </summary>
    /// <param name="folder">The image's folder.</param>
    /// <param name="name">The image's file in it: no symlink.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told how many bytes of content were moved; must return quickly.</param>
    /// <param name="cancellation">Stops; the image is as it was.</param>
    /// <returns>Null if nothing is to be removed, or a generation without a record, which another tool wrote, would have to be kept.</returns>
    /// <exception cref="ImageException">It is damaged, and as it was.</exception>
    /// <exception cref="TreeException">The new file could not be written: the image is as it was.</exception>
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

            // Who gives the permission may want that nobody has it open.
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

    /// <summary>How many bytes of an image's file its newest generations do not need: what keeping only those would free, or a little less.</summary>
    /// <param name="path">The image.</param>
    /// <param name="keep">How many generations.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <exception cref="ImageException">It is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static long UnneededBytes(string path, int keep, int threads) => UnneededBytes(path, (index, _) => index < keep, threads);

    /// <summary>The same of any generations.</summary>
    /// <param name="path">The image.</param>
    /// <param name="kept">Their numbers.</param>
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
