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
    /// Whether the image is copied first, and the copy takes its name when the generation is in it: where the file has other names (hard links), which are to
    /// keep what they show.
    /// </summary>
    public bool InNewFile { get; init; }

    /// <summary>What the image must show now; null if that does not matter.</summary>
    public GenerationInfo? Expected { get; init; }
}
