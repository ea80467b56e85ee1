using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Local file header, before name and extra fields (APPNOTE 4.3.7).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawLocalHeader
{
    public uint Signature;
    public ushort Needed;
    public ushort Flags;
    public ushort Method;
    public ushort Time;
    public ushort Date;
    public uint Crc;
    public uint StoredBytes;
    public uint Size;
    public ushort NameLength;
    public ushort ExtraLength;
}
