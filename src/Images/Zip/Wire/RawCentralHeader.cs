using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Central directory file header, before name, extra fields and comment (APPNOTE 4.3.12).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct RawCentralHeader
{
    public readonly uint Signature;
    public readonly ushort MadeBy;
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
    public readonly ushort CommentLength;
    public readonly ushort Disk;
    public readonly ushort InternalAttributes;
    public readonly uint ExternalAttributes;
    public readonly uint LocalOffset;
}
