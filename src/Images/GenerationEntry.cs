using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images;

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
