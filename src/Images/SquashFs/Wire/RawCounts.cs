using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Inodes of each kind.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawCounts
{
    public ulong Files;

    public ulong Directories;

    public ulong Symlinks;

    public ulong BlockDevices;

    public ulong CharacterDevices;

    public ulong Fifos;

    public ulong Sockets;
}
