using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Rest of a fifo's or socket's inode; in an extended one the 32-bit xattr index follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawIpc
{
    public uint LinkCount;
}
