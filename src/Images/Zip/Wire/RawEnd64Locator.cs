using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Zip64 end of central directory locator (APPNOTE 4.3.15).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawEnd64Locator
{
    public uint Signature;
    public uint Disk;
    public ulong Position;
    public uint Disks;
}
