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
    /// The inode numbers of all entries that may differ between two generations; directories whose names
    /// differ are among them. Costs two readings of their tables, whatever they hold.
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
                    (long)tail.Added, (long)tail.AddedBytes, (long)tail.Changed, (long)tail.ChangedBytes, (long)tail.Removed,
                    (long)tail.RemovedBytes),
            Counts = ImageSummary.CountsOf(raw.Counts),
            ContentBytes = (long)raw.ContentBytes,
            DeadBytes = (long)raw.DeadBytes,
        };
    }
}

/// <summary>What an image's history says of a generation.</summary>
public sealed record GenerationEntry
{
    /// <summary>Longest <see cref="Message"/> in bytes of UTF-8.</summary>
    public const int MaxMessageBytes = PrivateFormat.MaxMessage;

    /// <summary>1 for a new image, one more for every commit; 0 for what another tool wrote.</summary>
    public required long Number { get; init; }

    /// <summary>When it was made.</summary>
    public required Timestamp Time { get; init; }

    /// <summary>What was said of it.</summary>
    public string Message { get; init; } = "";

    /// <summary>The generation whose content it gives back; null if it is no rollback.</summary>
    public long? Restored { get; init; }

    /// <summary>What it changed; null where that was not written down.</summary>
    public GenerationDifference? Difference { get; init; }

    /// <summary>Inodes of each kind; null for what another tool wrote.</summary>
    public EntryCounts? Counts { get; init; }

    /// <summary>Lengths of all files, each counted once; null for what another tool wrote.</summary>
    public long? ContentBytes { get; init; }

    /// <summary>Where in the file it ends.</summary>
    public required long EndBytes { get; init; }

    /// <summary>Bytes before that which belonged to earlier generations only.</summary>
    public long DeadBytes { get; init; }
}

/// <summary>What a generation changed.</summary>
/// <param name="Added">Entries that the generation before did not have.</param>
/// <param name="AddedBytes">Lengths of the files among them.</param>
/// <param name="Changed">Entries whose attributes, content or names differ.</param>
/// <param name="ChangedBytes">Lengths of the files among them whose content differs.</param>
/// <param name="Removed">Entries of the generation before that are gone.</param>
/// <param name="RemovedBytes">Lengths of the files among them.</param>
public readonly record struct GenerationDifference(long Added, long AddedBytes, long Changed, long ChangedBytes, long Removed, long RemovedBytes);

/// <summary>Inodes of each kind.</summary>
/// <param name="Files">Regular files.</param>
/// <param name="Directories">Directories, the root included.</param>
/// <param name="Symlinks">Symbolic links.</param>
/// <param name="BlockDevices">Block devices.</param>
/// <param name="CharacterDevices">Character devices.</param>
/// <param name="Fifos">Named pipes.</param>
/// <param name="Sockets">Unix-domain sockets.</param>
public readonly record struct EntryCounts(
    long Files, long Directories, long Symlinks, long BlockDevices, long CharacterDevices, long Fifos, long Sockets)
{
    /// <summary>All of them.</summary>
    public long Total => Files + Directories + Symlinks + BlockDevices + CharacterDevices + Fifos + Sockets;

    /// <summary>One more of a kind.</summary>
    public EntryCounts Plus(EntryKind kind) => kind switch
    {
        EntryKind.File => this with { Files = Files + 1 },
        EntryKind.Directory => this with { Directories = Directories + 1 },
        EntryKind.Symlink => this with { Symlinks = Symlinks + 1 },
        EntryKind.BlockDevice => this with { BlockDevices = BlockDevices + 1 },
        EntryKind.CharacterDevice => this with { CharacterDevices = CharacterDevices + 1 },
        EntryKind.Fifo => this with { Fifos = Fifos + 1 },
        _ => this with { Sockets = Sockets + 1 },
    };
}
