namespace CondaFuse.Images.SquashFs.Wire;

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

    /// <summary>Most entries behind one directory header.</summary>
    public const int MaxHeaderEntries = 256;

    /// <summary>Longest symlink target in bytes that a kernel follows.</summary>
    public const int MaxSymlink = 4095;

    /// <summary>Longest value of an extended attribute in bytes (Linux: <c>XATTR_SIZE_MAX</c>).</summary>
    public const int MaxXattrValue = 65536;

    /// <summary>Images are padded with zeros to a multiple of this: the kernel's loop device reads whole pages.</summary>
    public const int Padding = 4096;
}
