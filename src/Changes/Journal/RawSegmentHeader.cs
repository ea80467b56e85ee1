using System.Runtime.InteropServices;

namespace CondaFuse.Changes.Journal;

/// <summary>What a segment begins with, as it is on disk.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawSegmentHeader
{
    public ulong Magic;
    public ushort MajorVersion;
    public ushort MinorVersion;
    public uint ByteOrder;
    public Guid Segment;
    public Guid Image;
    public ulong Generation;
    public Guid Parent;
    public uint Replaces;
    public uint Flags;
    public ulong FirstInode;
    public long Seconds;
    public uint Nanoseconds;
    public ulong ParentLength;
    public uint ParentChecksum;
    public ulong Reserved1;
    public uint Reserved2;

    /// <summary>CRC32C of everything before; the first record's checksum goes on from it.</summary>
    public uint Checksum;
}
