using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Rest of a symlink inode; the target follows and, in an extended one, the 32-bit xattr index.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawSymlink
{
    public uint LinkCount;

    /// <summary>Length of the target in bytes.</summary>
    public uint TargetLength;
}
