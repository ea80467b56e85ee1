using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>The size of a stored data block, as lists of blocks and the fragment table have it.</summary>
internal readonly record struct BlockSize(uint Value)
{
    /// <summary>Bytes in the image; 0 for a block of zeros.</summary>
    public int Stored => (int)(Value & ~SquashFsFormat.DataUncompressed);

    public bool IsCompressed => (Value & SquashFsFormat.DataUncompressed) == 0;

    /// <summary>Whether a block of an image can have this size.</summary>
    public bool IsPossible(int blockSize) => (Value & SquashFsFormat.DataSizeReserved) == 0 && Stored <= blockSize;
}
