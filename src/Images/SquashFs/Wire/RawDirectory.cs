using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Rest of a basic directory inode.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDirectory
{
    /// <summary>Start of the listing's first metadata block, relative to the directory table.</summary>
    public uint ListingBlock;

    public uint LinkCount;

    /// <summary>Length of the listing plus <see cref="SquashFsFormat.DirectorySizeExtra"/>.</summary>
    public ushort Size;

    /// <summary>Offset of the listing in the content of its first block.</summary>
    public ushort ListingOffset;

    /// <summary>Inode number of the parent; of the root, one more than there are inodes.</summary>
    public uint Parent;
}
