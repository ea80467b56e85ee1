using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>A block on its way into the image.</summary>
internal sealed class OutputItem
{
    /// <summary>Its place among the stored blocks.</summary>
    public required int Index { get; init; }

    /// <summary>Stored block whose bytes it repeats; -1 if it has content of its own.</summary>
    public int CopyOf { get; init; } = -1;

    /// <summary>Its index in the fragment table; null for a data block.</summary>
    public uint? Fragment { get; init; }

    /// <summary>What a fragment holds, in its order; empty for a data block.</summary>
    public IReadOnlyList<RawPiece> Pieces { get; init; } = [];

    /// <summary>Whether a file begins with it.</summary>
    public bool BeginsFile { get; init; }

    /// <summary>Its size where <see cref="Packed"/> holds it as it was stored before; 0 otherwise.</summary>
    public uint StoredSize { get; init; }

    /// <summary>Whether it needs no compressing.</summary>
    public bool IsReady => CopyOf >= 0 || StoredSize > 0;

    /// <summary>Its content.</summary>
    public BlockBuffer? Source { get; init; }

    /// <summary>Length of the content in bytes.</summary>
    public int Length { get; init; }

    /// <summary>Its compressed form.</summary>
    public BlockBuffer? Packed { get; set; }

    /// <summary>Length of the compressed form; 0 if the content is stored as it is.</summary>
    public int PackedLength { get; set; }
}
