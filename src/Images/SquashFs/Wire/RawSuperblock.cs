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
