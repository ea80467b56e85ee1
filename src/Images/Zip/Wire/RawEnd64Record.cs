using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Zip64 end of central directory record, before its extensible data (APPNOTE 4.3.14).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawEnd64Record
{
    public uint Signature;
    public ulong RecordBytes;
    public ushort MadeBy;
    public ushort Needed;
    public uint Disk;
    public uint DirectoryDisk;
    public ulong EntriesOnDisk;
    public ulong Entries;
    public ulong DirectoryBytes;
    public ulong DirectoryOffset;
}
