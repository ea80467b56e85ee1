using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>The first 96 bytes of an image.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawSuperblock
{
    public uint Magic;

    /// <summary>Number of inodes in the image: at least 1.</summary>
    public uint InodeCount;

    /// <summary>When the image was made, in seconds since 1970.</summary>
    public uint ModificationTime;

    /// <summary>4096 to 1048576, a power of two.</summary>
    public uint BlockSize;

    /// <summary>Number of blocks in the fragment table.</summary>
    public uint FragmentCount;

    /// <summary><see cref="CompressorId"/>.</summary>
    public ushort Compressor;

    /// <summary>Base-2 logarithm of <see cref="BlockSize"/>: 12 to 20.</summary>
    public ushort BlockLog;

    /// <summary><see cref="SuperblockFlags"/>.</summary>
    public ushort Flags;

    /// <summary>Number of owners and groups in the id table: 1 to 65535.</summary>
    public ushort IdCount;

    public ushort MajorVersion;

    public ushort MinorVersion;

    /// <summary><see cref="InodeReference"/> of the root directory.</summary>
    public ulong RootInode;

    /// <summary>End of the file system in bytes; padding may follow.</summary>
    public ulong BytesUsed;

    /// <summary>Start of the id table's list of blocks.</summary>
    public ulong IdTable;

    /// <summary>Start of the xattr table's header, or <see cref="SquashFsFormat.NoTable"/>.</summary>
    public ulong XattrTable;

    /// <summary>Start of the inode table.</summary>
    public ulong InodeTable;

    /// <summary>Start of the directory table and end of the inode table.</summary>
    public ulong DirectoryTable;

    /// <summary>Start of the fragment table's list of blocks, or <see cref="SquashFsFormat.NoTable"/>.</summary>
    public ulong FragmentTable;

    /// <summary>Start of the export table's list of blocks, or <see cref="SquashFsFormat.NoTable"/>.</summary>
    public ulong ExportTable;
}

/// <summary>Flags of the superblock. Only <see cref="CompressorOptions"/> affects reading.</summary>
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

/// <summary>The compressor of an image.</summary>
internal enum CompressorId : ushort
{
    Gzip = 1,
    Lzma = 2,
    Lzo = 3,
    Xz = 4,
    Lz4 = 5,
    Zstd = 6,
}

/// <summary>Constants of SquashFS 4.0, little-endian throughout (Linux: <c>fs/squashfs/squashfs_fs.h</c>).</summary>
internal static class SquashFsFormat
{
    /// <summary>"hsqs".</summary>
    public const uint Magic = 0x73717368;

    public const ushort MajorVersion = 4;

    public const ushort MinorVersion = 0;

    /// <summary>Shortest and longest data block in bytes; all powers of two in between are allowed.</summary>
    public const int MinBlockSize = 4096;

    public const int MaxBlockSize = 1 << 20;

    /// <summary>Content of a metadata block in bytes; only the last block of a table may hold less.</summary>
    public const int MetadataSize = 8192;

    /// <summary>In a metadata block's 16-bit header: uncompressed. The other bits are its stored length.</summary>
    public const ushort MetadataUncompressed = 0x8000;

    /// <summary>In a data block's 32-bit size: uncompressed. The lower bits are its stored length, 0 for a block of zeros.</summary>
    public const uint DataUncompressed = 1 << 24;

    /// <summary>Bits of a data block's size that no writer sets.</summary>
    public const uint DataSizeReserved = 0xFE000000;

    /// <summary>Fragment index of a file whose last bytes have their own block.</summary>
    public const uint NoFragment = 0xFFFFFFFF;

    /// <summary>Xattr index of an inode without extended attributes.</summary>
    public const uint NoXattrs = 0xFFFFFFFF;

    /// <summary>Start of a table that the image does not have.</summary>
    public const ulong NoTable = 0xFFFFFFFFFFFFFFFF;

    /// <summary>Added to the length of a directory's listing in its size, for <c>.</c> and <c>..</c>.</summary>
    public const int DirectorySizeExtra = 3;

    /// <summary>Maximum number of entries per directory header.</summary>
    public const int MaxHeaderEntries = 256;

    /// <summary>Longest symlink target in bytes that the kernel follows.</summary>
    public const int MaxSymlink = 4095;

    /// <summary>Longest value of an extended attribute in bytes (Linux: <c>XATTR_SIZE_MAX</c>).</summary>
    public const int MaxXattrValue = 65536;

    /// <summary>Images are padded with zeros to a multiple of this: the kernel's loop device reads whole pages.</summary>
    public const int Padding = 4096;
}
