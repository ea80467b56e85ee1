using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>What an archive's record says beside what the tree does.</summary>
internal sealed record ArchiveFacts
{
    /// <summary>Null for a new archive.</summary>
    public Guid? Identity { get; init; }

    public required long Generation { get; init; }

    public required Timestamp Time { get; init; }

    public required string Message { get; init; }

    /// <summary>The last segment of the journal that went into it; empty if none did.</summary>
    public Guid MergedSegment { get; init; }

    /// <summary>Highest inode number that was ever given; 0 for the highest of its entries.</summary>
    public uint HighestInode { get; init; }

    /// <summary>What changed since the generation before.</summary>
    public GenerationDifference Difference { get; init; }

    /// <summary>Whether it is worth keeping when attributes changed.</summary>
    public bool ChangeTimes { get; init; }
}
