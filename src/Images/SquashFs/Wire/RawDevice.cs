using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Rest of a device inode; in an extended one the 32-bit xattr index follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDevice
{
    public uint LinkCount;

    /// <summary><see cref="DeviceNumber"/>.</summary>
    public uint Device;
}
