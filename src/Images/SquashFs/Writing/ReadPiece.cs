namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>A block of a file, or a whole file shorter than a block.</summary>
/// <param name="File">The file.</param>
/// <param name="Block">Index of the block; -1 for a whole short file.</param>
/// <param name="Offset">Where it is in the batch's buffer.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct ReadPiece(PlannedInode File, long Block, int Offset, int Length)
{
    /// <summary>Stands for its content.</summary>
    public ContentDigest Digest { get; init; }

    /// <summary>Whether it is a full block of zeros.</summary>
    public bool IsZeros { get; init; }

    /// <summary>Whether the file ends with it.</summary>
    public bool IsLast { get; init; }
}
