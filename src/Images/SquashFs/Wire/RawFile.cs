using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Rest of a basic file inode; the 32-bit sizes of its blocks follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFile
{
    /// <summary>Where its blocks start in the image.</summary>
    public uint FirstBlock;

    /// <summary>Index in the fragment table, or <see cref="SquashFsFormat.NoFragment"/>.</summary>
    public uint Fragment;

    /// <summary>Offset of its last bytes in the fragment block's content.</summary>
    public uint FragmentOffset;

    /// <summary>Length in bytes.</summary>
    public uint Size;
}
