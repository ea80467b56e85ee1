using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Stands before up to 256 entries of a listing whose inodes share a metadata block.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDirectoryHeader
{
    /// <summary>Entries that follow, minus 1.</summary>
    public uint CountMinusOne;

    /// <summary>Start of the metadata block of their inodes, relative to the inode table.</summary>
    public uint InodeBlock;

    /// <summary>Inode number to which the entries' differences are added.</summary>
    public uint InodeNumber;
}
