using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Zip64 end of central directory record, before its extensible data (APPNOTE 4.3.14).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly struct RawEnd64Record
{
    public readonly uint Signature;
    public readonly ulong RecordBytes;
    public readonly ushort MadeBy;
    public readonly ushort Needed;
    public readonly uint Disk;
    public readonly uint DirectoryDisk;
    public readonly ulong EntriesOnDisk;
    public readonly ulong Entries;
    public readonly ulong DirectoryBytes;
    public readonly ulong DirectoryOffset;
}
