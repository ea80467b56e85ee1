using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>The extended attributes of one or more inodes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawXattrSet
{
    /// <summary><see cref="InodeReference"/> like, relative to <see cref="RawXattrTable.Start"/>.</summary>
    public ulong Reference;

    /// <summary>Attributes in the set.</summary>
    public uint Count;

    /// <summary>Length of their names, prefixes included, and values, in bytes.</summary>
    public uint Size;
}
