using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.Zip.Reading;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>The generations that an image holds.</summary>
public static class ImageHistory
{
    /// <summary>Reads them, the newest first; a few reads for each. A zip archive has one.</summary>
    /// <exception cref="ImageException">It is not an image, or its history is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IReadOnlyList<GenerationEntry> Read(string path)
    {
        using var file = new ImageFile(path);
        return ImageFormat.IsZip(file) ? [ZipRecord.EntryOf(file)] : [.. Generation.All(file).Select(EntryOf)];
    }

    /// <summary>
    /// The inode numbers of all entries that may differ between two generations; directories whose names differ are among them. Costs two readings of their
    /// tables, whatever they hold.
    /// </summary>
    /// <exception cref="ImageException">It is not an image, damaged, or has no such generation.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IReadOnlyCollection<ulong> FindDiffering(string path, long before, long after, int threads)
    {
        using var file = new ImageFile(path);
        using var left = BaseImage.Read(new ImageFile(path), Generation.Find(file, before), threads);
        using var right = BaseImage.Read(new ImageFile(path), Generation.Find(file, after), threads);
        return new GenerationComparison(left, right).FindDiffering();
    }

    private static GenerationEntry EntryOf(Generation generation)
    {
        ref readonly var superblock = ref generation.Superblock.Raw;
        var entry = new GenerationEntry
        {
            Number = generation.Number,
            Time = new Timestamp(superblock.ModificationTime),
            EndBytes = generation.Superblock.BytesUsed,
        };
        if (generation.Record is not { } record)
        {
            return entry;
        }

        ref readonly var raw = ref record.Raw;
        ref readonly var tail = ref record.Tail;
        return entry with
        {
            Time = new Timestamp(raw.Seconds, raw.Nanoseconds),
            Message = record.Message,
            Restored = (raw.Flags & PrivateFormat.FlagRestored) == 0 ? null : (long)tail.Restored,
            Difference = raw.ParentSuperblock.Magic == 0 && tail is { Added: 0, Changed: 0, Removed: 0 }
                ? null
                : new GenerationDifference(
                    (long)tail.Added, (long)tail.AddedBytes, (long)tail.Changed, (long)tail.ChangedBytes, (long)tail.Removed, (long)tail.RemovedBytes),
            Counts = ImageSummary.CountsOf(raw.Counts),
            ContentBytes = (long)raw.ContentBytes,
            DeadBytes = (long)raw.DeadBytes,
        };
    }
}
