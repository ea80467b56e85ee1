using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Rest of an extended directory inode; <see cref="RawDirectoryIndex"/> entries follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawExtendedDirectory
{
    public uint LinkCount;

    /// <summary>Length of the listing plus <see cref="SquashFsFormat.DirectorySizeExtra"/>.</summary>
    public uint Size;

    /// <summary>Start of the listing's first metadata block, relative to the directory table.</summary>
    public uint ListingBlock;

    /// <summary>Inode number of the parent; of the root, one more than there are inodes.</summary>
    public uint Parent;

    /// <summary>Entries of the index.</summary>
    public ushort IndexCount;

    /// <summary>Offset of the listing in the content of its first block.</summary>
    public ushort ListingOffset;

    public uint Xattrs;
}
