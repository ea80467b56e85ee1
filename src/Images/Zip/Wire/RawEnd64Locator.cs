using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Zip64 end of central directory locator (APPNOTE 4.3.15).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct RawEnd64Locator
{
    public readonly uint Signature;
    public readonly uint Disk;
    public readonly ulong Position;
    public readonly uint Disks;
}
