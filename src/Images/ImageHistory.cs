using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.Zip.Reading;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>The generations that an image holds.</summary>
public static class ImageHistory
{
    /// <summary>Reads them, the newest first, with a few reads each. A zip archive has only one.</summary>
    /// <exception cref="ImageException">It is not an image, or its history is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IReadOnlyList<GenerationEntry> Read(string path)
    {
        using var file = new ImageFile(path);
        return ImageFormat.IsZip(file) ? [ZipRecord.EntryOf(file)] : [.. Generation.All(file).Select(EntryOf)];
    }

    /// <summary>
    /// The inode numbers of all entries that may differ between two generations, including directories with different names. The cost is reading the
    /// tables of both, whatever their content.
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

    internal static GenerationEntry EntryOf(Generation generation)
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

/// <summary>The history's entry of a generation.</summary>
public sealed record GenerationEntry
{
    /// <summary>Longest <see cref="Message"/> in bytes of UTF-8.</summary>
    public const int MaxMessageBytes = PrivateFormat.MaxMessage;

    /// <summary>1 for a new image, one more for each commit; 0 for another tool's image.</summary>
    public required long Number { get; init; }

    /// <summary>The time of the commit.</summary>
    public required Timestamp Time { get; init; }

    /// <summary>The message of the commit.</summary>
    public string Message { get; init; } = "";

    /// <summary>The generation whose content it restores; null if it is no rollback.</summary>
    public long? Restored { get; init; }

    /// <summary>What it changed; null if that was not recorded.</summary>
    public GenerationDifference? Difference { get; init; }

    /// <summary>Number of inodes of each kind; null for another tool's image.</summary>
    public EntryCounts? Counts { get; init; }

    /// <summary>Total length of all files, each counted once; null for another tool's image.</summary>
    public long? ContentBytes { get; init; }

    /// <summary>Its end in the file.</summary>
    public required long EndBytes { get; init; }

    /// <summary>Bytes before its end that belong to earlier generations only.</summary>
    public long DeadBytes { get; init; }
}

/// <summary>The changes in a generation.</summary>
/// <param name="Added">Number of new entries.</param>
/// <param name="AddedBytes">Total length of new files.</param>
/// <param name="Changed">Number of entries whose attributes, content or names changed.</param>
/// <param name="ChangedBytes">Total length of files whose content changed.</param>
/// <param name="Removed">Number of removed entries.</param>
/// <param name="RemovedBytes">Total length of removed files.</param>
public readonly record struct GenerationDifference(long Added, long AddedBytes, long Changed, long ChangedBytes, long Removed, long RemovedBytes);

/// <summary>Number of inodes of each kind.</summary>
/// <param name="Files">Regular files.</param>
/// <param name="Directories">Directories, including the root.</param>
/// <param name="Symlinks">Symbolic links.</param>
/// <param name="BlockDevices">Block devices.</param>
/// <param name="CharacterDevices">Character devices.</param>
/// <param name="Fifos">Named pipes.</param>
/// <param name="Sockets">Unix-domain sockets.</param>
public readonly record struct EntryCounts(
    long Files, long Directories, long Symlinks, long BlockDevices, long CharacterDevices, long Fifos, long Sockets)
{
    /// <summary>The sum.</summary>
    public long Total => Files + Directories + Symlinks + BlockDevices + CharacterDevices + Fifos + Sockets;

    /// <summary>Adds one of a kind.</summary>
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
