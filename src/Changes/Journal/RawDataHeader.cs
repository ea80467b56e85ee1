using System.Runtime.InteropServices;

namespace CondaFuse.Changes.Journal;

/// <summary>What a data file begins with, as it is on disk.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDataHeader
{
    public ulong Magic;
    public ushort MajorVersion;
    public ushort MinorVersion;
    public uint Reserved1;
    public Guid Segment;
    public Guid Reserved2;
    public ulong Reserved3;
    public uint Reserved4;

    /// <summary>CRC32C of everything before.</summary>
    public uint Checksum;
}
