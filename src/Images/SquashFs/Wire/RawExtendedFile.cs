using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Rest of an extended file inode; the 32-bit sizes of its blocks follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawExtendedFile
{
    /// <summary>Where its blocks start in the image.</summary>
    public ulong FirstBlock;

    /// <summary>Length in bytes.</summary>
    public ulong Size;

    /// <summary>Bytes in blocks of zeros that are not stored.</summary>
    public ulong Sparse;

    public uint LinkCount;

    /// <summary>Index in the fragment table, or <see cref="SquashFsFormat.NoFragment"/>.</summary>
    public uint Fragment;

    /// <summary>Offset of its last bytes in the fragment block's content.</summary>
    public uint FragmentOffset;

    public uint Xattrs;
}
