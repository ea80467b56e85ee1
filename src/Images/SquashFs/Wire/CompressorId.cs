namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>How an image is compressed.</summary>
internal enum CompressorId : ushort
{
    Gzip = 1,
    Lzma = 2,
    Lzo = 3,
    Xz = 4,
    Lz4 = 5,
    Zstd = 6,
}
