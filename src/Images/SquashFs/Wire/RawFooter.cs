using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>The last bytes before the inode table, where every reader that knows the superblock finds them; leads to the record.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFooter
{
    /// <summary><see cref="PrivateFormat.FooterMagic"/>.</summary>
    public ulong Magic;

    public ushort MajorVersion;

    public ushort MinorVersion;

    /// <summary>Length of the record in bytes.</summary>
    public uint RecordLength;

    /// <summary>Where the record starts in the image.</summary>
    public ulong RecordStart;

    /// <summary>CRC32C of the record.</summary>
    public uint RecordChecksum;

    /// <summary>CRC32C of the superblock: the footer is stale where it differs.</summary>
    public uint SuperblockChecksum;

    public ulong IdentityLow;

    public ulong IdentityHigh;

    public ulong Generation;

    public uint Reserved;

    /// <summary>CRC32C of the bytes before.</summary>
    public uint Checksum;
}
