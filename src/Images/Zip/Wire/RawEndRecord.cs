using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>End of central directory record, before its comment (APPNOTE 4.3.16).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct RawEndRecord
{
    public readonly uint Signature;
    public readonly ushort Disk;
    public readonly ushort DirectoryDisk;
    public readonly ushort EntriesOnDisk;
    public readonly ushort Entries;
    public readonly uint DirectoryBytes;
    public readonly uint DirectoryOffset;
    public readonly ushort CommentLength;
}
