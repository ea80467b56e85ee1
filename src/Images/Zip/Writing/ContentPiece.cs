using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Content to be compressed: a whole file, or a piece of a long one.</summary>
/// <param name="entry">Whose.</param>
/// <param name="offset">Where it begins.</param>
/// <param name="length">Its bytes.</param>
internal sealed class ContentPiece(PlannedEntry entry, long offset, int length)
{
    public PlannedEntry Entry => entry;

    public long Offset => offset;

    public int Length => length;

    public bool IsFirst => offset == 0;

    public bool IsLast => offset + length == entry.Size;

    public bool IsWhole => IsFirst && IsLast;

    /// <summary>How it was compressed.</summary>
    public ZipMethod Method { get; set; }

    /// <summary>The CRC-32 of what it was.</summary>
    public uint Crc { get; set; }

    /// <summary>What is to be stored; rented.</summary>
    public byte[] Stored { get; set; } = [];

    public int StoredBytes { get; set; }

    public bool IsDone { get; set; }
}
