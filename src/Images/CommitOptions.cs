using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>Settings for appending a generation to an image. The compressor and the block size are the image's.</summary>
public sealed record CommitOptions
{
    /// <summary>Threads that read, compress and write; usually the number of cores.</summary>
    public required int Threads { get; init; }

    /// <summary>The recorded time of the generation.</summary>
    public required Timestamp Time { get; init; }

    /// <summary>The codec's level; null for the level in the image, or else the codec's default.</summary>
    public int? Level { get; init; }

    /// <summary>The message for the history.</summary>
    public string Message { get; init; } = "";

    /// <summary>Identity of the last journal segment that goes into it; null if there is none.</summary>
    public Guid? MergedSegment { get; init; }

    /// <summary>Makes the generation's prefix table; null for none. Restoring a generation restores its table instead.</summary>
    public PrefixTableMaker? PrefixTable { get; init; }

    /// <summary>
    /// The parts of files that are used first after a mount, in order; none for those of the generation before. Only the list is stored: content
    /// stays where it is.
    /// </summary>
    public IReadOnlyList<UsedRange> FirstUses { get; init; } = [];

    /// <summary>
    /// Whether to append to a copy of the image, which then replaces it. Used if the file has several hard links, because the other names must keep
    /// their content.
    /// </summary>
    public bool InNewFile { get; init; }

    /// <summary>The expected current generation of the image; null to skip the check.</summary>
    public GenerationInfo? Expected { get; init; }
}

/// <summary>The result of appending to an image.</summary>
/// <param name="Info">The image's new generation.</param>
/// <param name="Difference">What it changed.</param>
/// <param name="ImageBytes">New length of the image's file.</param>
/// <param name="GrownBytes">Growth of the file in bytes.</param>
/// <param name="DataBytes">Bytes of data blocks in the growth; the rest are tables.</param>
/// <param name="DeadBytes">Bytes of the file that belong to earlier generations only.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record CommitResult(
    GenerationInfo Info, GenerationDifference Difference, long ImageBytes, long GrownBytes, long DataBytes, long DeadBytes,
    IReadOnlyList<string> Warnings);

/// <summary>Settings for rewriting an image with some of its generations.</summary>
public sealed record CompactionOptions
{
    /// <summary>Threads that read tables; usually the number of cores.</summary>
    public required int Threads { get; init; }

    /// <summary>How many of the newest generations to keep: at least 1.</summary>
    public int Keep { get; init; } = int.MaxValue;

    /// <summary>The numbers of those to keep among them, including the newest; null for all.</summary>
    public IReadOnlySet<long>? Numbers { get; init; }

    /// <summary>
    /// Called when the new file is complete and on its storage, before it replaces the image; its result is disposed of afterwards. If it throws,
    /// nothing has changed.
    /// </summary>
    public Func<IDisposable>? Publishing { get; init; }
}

/// <summary>The result of a compaction.</summary>
/// <param name="BytesBefore">Former length of the file.</param>
/// <param name="ImageBytes">New length of the file.</param>
/// <param name="Kept">Numbers of the remaining generations, the newest first.</param>
/// <param name="Dropped">Number of generations removed.</param>
public sealed record CompactionResult(long BytesBefore, long ImageBytes, IReadOnlyList<long> Kept, int Dropped);
