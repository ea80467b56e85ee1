namespace CondaFuse.Images.Zip.Wire;

/// <summary>How an entry is compressed (APPNOTE 4.4.5).</summary>
internal enum ZipMethod : ushort
{
    Stored = 0,
    Deflate = 8,
    Bzip2 = 12,
    Zstd = 93,
    Xz = 95,
}
