using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>How every inode begins.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawInodeHeader
{
    /// <summary><see cref="InodeType"/>.</summary>
    public ushort Type;

    /// <summary>Permission bits: 0 to 0o7777.</summary>
    public ushort Permissions;

    /// <summary>Index of the owner in the id table.</summary>
    public ushort UserIndex;

    /// <summary>Index of the group in the id table.</summary>
    public ushort GroupIndex;

    /// <summary>Seconds since 1970.</summary>
    public uint ModificationTime;

    /// <summary>1 to the number of inodes, or more where an image has holes.</summary>
    public uint Number;
}
