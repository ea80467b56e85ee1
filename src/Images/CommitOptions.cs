using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>How a generation is appended to an image. Compressor and size of blocks are the image's.</summary>
public sealed record CommitOptions
{
    /// <summary>Threads that read, compress and write; the number of cores is a good one.</summary>
    public required int Threads { get; init; }

    /// <summary>When the generation is said to be made.</summary>
    public required Timestamp Time { get; init; }

    /// <summary>The codec's level; null for the one that the image names, or the codec's default.</summary>
    public int? Level { get; init; }

    /// <summary>What the history says of this generation.</summary>
    public string Message { get; init; } = "";

    /// <summary>Identity of the last segment of the journal that goes into it; null if none does.</summary>
    public Guid? MergedSegment { get; init; }

    /// <summary>
    /// Whether the image is copied first, and the copy takes its name when the generation is in it: where the
    /// file has other names (hard links), which are to keep what they show.
    /// </summary>
    public bool InNewFile { get; init; }

    /// <summary>What the image must show now; null if that does not matter.</summary>
    public GenerationInfo? Expected { get; init; }
}

/// <summary>What was appended to an image.</summary>
/// <param name="Info">The image's generation now.</param>
/// <param name="Difference">What it changed.</param>
/// <param name="ImageBytes">Length of the image's file.</param>
/// <param name="GrownBytes">By how much that is longer than before.</param>
/// <param name="DataBytes">Bytes of data blocks among them; the others are tables.</param>
/// <param name="DeadBytes">Bytes of the file that belong to earlier generations only.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record CommitResult(
    GenerationInfo Info, GenerationDifference Difference, long ImageBytes, long GrownBytes, long DataBytes, long DeadBytes,
    IReadOnlyList<string> Warnings);

/// <summary>How an image is rewritten with some of its generations.</summary>
public sealed record CompactionOptions
{
    /// <summary>Threads that read tables; the number of cores is a good one.</summary>
    public required int Threads { get; init; }

    /// <summary>How many of the newest generations are kept: 1 or more.</summary>
    public int Keep { get; init; } = int.MaxValue;

    /// <summary>Of those, the numbers of the ones that are kept, the newest among them; null: all.</summary>
    public IReadOnlySet<long>? Numbers { get; init; }

    /// <summary>
    /// Asked when the new file is whole and on its storage, before it takes the image's name; what it gives
    /// is disposed of afterwards. It may throw: then nothing was changed.
    /// </summary>
    public Func<IDisposable>? Publishing { get; init; }
}

/// <summary>What became of an image.</summary>
/// <param name="BytesBefore">Length of its file before.</param>
/// <param name="ImageBytes">Length of its file now.</param>
/// <param name="Kept">Numbers of the generations that remain, the newest first.</param>
/// <param name="Dropped">How many are gone.</param>
public sealed record CompactionResult(long BytesBefore, long ImageBytes, IReadOnlyList<long> Kept, int Dropped);
