using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

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
