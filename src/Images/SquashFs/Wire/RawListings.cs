using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Precedes up to 256 entries of a listing whose inodes share a metadata block.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDirectoryHeader
{
    /// <summary>Number of entries that follow, minus 1.</summary>
    public uint CountMinusOne;

    /// <summary>Start of the metadata block of their inodes, relative to the inode table.</summary>
    public uint InodeBlock;

    /// <summary>Inode number that the entries' differences are added to.</summary>
    public uint InodeNumber;
}

/// <summary>One entry of a listing; the name follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDirectoryEntry
{
    /// <summary>Offset of the inode in the content of its metadata block.</summary>
    public ushort InodeOffset;

    /// <summary>Inode number minus the header's.</summary>
    public short InodeDifference;

    /// <summary>Basic <see cref="InodeType"/>.</summary>
    public ushort Type;

    /// <summary>Length of the name in bytes, minus 1.</summary>
    public ushort NameLengthMinusOne;
}

/// <summary>One entry of an extended directory's index. The name of the first entry after the header that it refers to follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDirectoryIndex
{
    /// <summary>Offset of that header in the listing.</summary>
    public uint ListingPosition;

    /// <summary>Start of the header's metadata block, relative to the directory table.</summary>
    public uint Block;

    /// <summary>Length of the name in bytes, minus 1.</summary>
    public uint NameLengthMinusOne;
}

/// <summary>The location of an inode: start of its metadata block, relative to the inode table, and offset in the block's content.</summary>
/// <param name="Value">Start in bits 16 to 47, offset in bits 0 to 15.</param>
internal readonly record struct InodeReference(ulong Value)
{
    public InodeReference(uint block, int offset)
        : this(((ulong)block << 16) | (ushort)offset)
    {
    }

    /// <summary>Start of the metadata block in bytes from the start of its table. From disk it may be up to 48 bits long.</summary>
    public long Block => (long)(Value >> 16);

    /// <summary>Offset in the block's content: less than 8192 in a valid image.</summary>
    public int Offset => (int)(Value & 0xFFFF);
}

/// <summary>One entry of the fragment table.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFragment
{
    /// <summary>The start of the block in the image.</summary>
    public ulong Start;

    /// <summary>Its size, in the form of a data block's size.</summary>
    public uint Size;

    public uint Unused;
}
