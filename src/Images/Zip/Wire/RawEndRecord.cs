using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>End of central directory record, before its comment (APPNOTE 4.3.16).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawEndRecord
{
    public uint Signature;
    public ushort Disk;
    public ushort DirectoryDisk;
    public ushort EntriesOnDisk;
    public ushort Entries;
    public uint DirectoryBytes;
    public uint DirectoryOffset;
    public ushort CommentLength;
}
