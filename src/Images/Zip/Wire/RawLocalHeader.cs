using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Local file header, before name and extra fields (APPNOTE 4.3.7).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct RawLocalHeader
{
    public readonly uint Signature;
    public readonly ushort Needed;
    public readonly ushort Flags;
    public readonly ushort Method;
    public readonly ushort Time;
    public readonly ushort Date;
    public readonly uint Crc;
    public readonly uint StoredBytes;
    public readonly uint Size;
    public readonly ushort NameLength;
    public readonly ushort ExtraLength;
}
