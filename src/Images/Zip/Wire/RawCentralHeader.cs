using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Central directory file header, before name, extra fields and comment (APPNOTE 4.3.12).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawCentralHeader
{
    public uint Signature;
    public ushort MadeBy;
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
    public ushort CommentLength;
    public ushort Disk;
    public ushort InternalAttributes;
    public uint ExternalAttributes;
    public uint LocalOffset;
}
