namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>A block of a file, or a whole file shorter than a block, or what is new of one.</summary>
/// <param name="File">The file.</param>
/// <param name="Block">Index of the block; -1 for what goes into a fragment.</param>
/// <param name="Offset">Where it is in the batch's buffer.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct ReadPiece(PlannedInode File, long Block, int Offset, int Length)
{
    /// <summary>Where it lies in the file.</summary>
    public long FileOffset { get; init; }

    /// <summary>Where it is stored already, to be copied as it is; its length is that of the stored bytes then.</summary>
    public StoredPlace Stored { get; init; }

    /// <summary>Where a fragment holds it already; null if none is known to.</summary>
    public (uint Fragment, uint Offset)? Known { get; init; }

    /// <summary>CRC32C of its content, where that goes into a fragment.</summary>
    public uint Checksum { get; init; }

    /// <summary>Stands for its content.</summary>
    public ContentDigest Digest { get; init; }

    /// <summary>Whether it is a full block of zeros.</summary>
    public bool IsZeros { get; init; }

    /// <summary>Whether the file ends with it.</summary>
    public bool IsLast { get; init; }
}
