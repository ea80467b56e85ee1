using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>The first 96 bytes of an image.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawSuperblock
{
    public uint Magic;

    /// <summary>Inodes in the image: 1 or more.</summary>
    public uint InodeCount;

    /// <summary>When the image was made: seconds since 1970.</summary>
    public uint ModificationTime;

    /// <summary>4096 to 1048576, a power of two.</summary>
    public uint BlockSize;

    /// <summary>Blocks in the fragment table.</summary>
    public uint FragmentCount;

    /// <summary><see cref="CompressorId"/>.</summary>
    public ushort Compressor;

    /// <summary>Logarithm of <see cref="BlockSize"/> to base 2: 12 to 20.</summary>
    public ushort BlockLog;

    /// <summary><see cref="SuperblockFlags"/>.</summary>
    public ushort Flags;

    /// <summary>Owners and groups in the id table: 1 to 65535.</summary>
    public ushort IdCount;

    public ushort MajorVersion;

    public ushort MinorVersion;

    /// <summary><see cref="InodeReference"/> of the root directory.</summary>
    public ulong RootInode;

    /// <summary>End of the file system in bytes; padding may follow.</summary>
    public ulong BytesUsed;

    /// <summary>Start of the list of blocks of the id table.</summary>
    public ulong IdTable;

    /// <summary>Start of the xattr table's header, or <see cref="SquashFsFormat.NoTable"/>.</summary>
    public ulong XattrTable;

    /// <summary>Start of the inode table.</summary>
    public ulong InodeTable;

    /// <summary>Start of the directory table, where the inode table ends.</summary>
    public ulong DirectoryTable;

    /// <summary>Start of the list of blocks of the fragment table, or <see cref="SquashFsFormat.NoTable"/>.</summary>
    public ulong FragmentTable;

    /// <summary>Start of the list of blocks of the export table, or <see cref="SquashFsFormat.NoTable"/>.</summary>
    public ulong ExportTable;
}

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

/// <summary>Figures of SquashFS 4.0, little-endian throughout (Linux: <c>fs/squashfs/squashfs_fs.h</c>).</summary>
internal static class SquashFsFormat
{
    /// <summary>"hsqs".</summary>
    public const uint Magic = 0x73717368;

    public const ushort MajorVersion = 4;

    public const ushort MinorVersion = 0;

    /// <summary>Shortest and longest data block in bytes; a power of two between.</summary>
    public const int MinBlockSize = 4096;

    public const int MaxBlockSize = 1 << 20;

    /// <summary>Content of a metadata block in bytes; only the last of a table may hold less.</summary>
    public const int MetadataSize = 8192;

    /// <summary>In a metadata block's 16-bit header: stored as it is. The other bits are its stored length.</summary>
    public const ushort MetadataUncompressed = 0x8000;

    /// <summary>In a data block's 32-bit size: stored as it is. The lower bits are its stored length, 0 for a block of zeros.</summary>
    public const uint DataUncompressed = 1 << 24;

    /// <summary>Bits of a data block's size that no writer sets.</summary>
    public const uint DataSizeReserved = 0xFE000000;

    /// <summary>Fragment index of a file whose last bytes lie in a block of their own.</summary>
    public const uint NoFragment = 0xFFFFFFFF;

    /// <summary>Xattr index of an inode without extended attributes.</summary>
    public const uint NoXattrs = 0xFFFFFFFF;

    /// <summary>Start of a table that the image does not have.</summary>
    public const ulong NoTable = 0xFFFFFFFFFFFFFFFF;

    /// <summary>What a directory's size counts beyond its listing, for <c>.</c> and <c>..</c>.</summary>
    public const int DirectorySizeExtra = 3;

    /// <summary>Maximum number of entries behind one directory header.</summary>
    public const int MaxHeaderEntries = 256;

    /// <summary>Longest symlink target in bytes that a kernel follows.</summary>
    public const int MaxSymlink = 4095;

    /// <summary>Longest value of an extended attribute in bytes (Linux: <c>XATTR_SIZE_MAX</c>).</summary>
    public const int MaxXattrValue = 65536;

    /// <summary>Images are padded with zeros to a multiple of this: the kernel's loop device reads whole pages.</summary>
    public const int Padding = 4096;
}
