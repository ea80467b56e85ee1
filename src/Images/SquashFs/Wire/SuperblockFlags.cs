namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Flags of the superblock. Only <see cref="CompressorOptions"/> changes how an image is read.</summary>
[Flags]
internal enum SuperblockFlags : ushort
{
    None = 0,
    UncompressedInodes = 1 << 0,
    UncompressedData = 1 << 1,
    UncompressedFragments = 1 << 3,
    NoFragments = 1 << 4,
    AlwaysFragments = 1 << 5,
    Duplicates = 1 << 6,
    Exportable = 1 << 7,
    UncompressedXattrs = 1 << 8,
    NoXattrs = 1 << 9,

    /// <summary>A metadata block with the compressor's options follows the superblock.</summary>
    CompressorOptions = 1 << 10,
    UncompressedIds = 1 << 11,
}
