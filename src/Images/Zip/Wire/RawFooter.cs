using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>What lies right before the central directory of an archive that our writer made; leads to the record before it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFooter
{
    /// <summary><see cref="PrivateFormat.FooterMagic"/>.</summary>
    public ulong Magic;

    public ushort MajorVersion;

    public ushort MinorVersion;

    /// <summary>Length of the record in bytes; it ends where the footer begins.</summary>
    public uint RecordLength;

    /// <summary>CRC32C of the record.</summary>
    public uint RecordChecksum;

    public uint Reserved;

    /// <summary>Digest of the central directory, what follows it, and where it lies: the footer is stale where it differs.</summary>
    public ulong DigestLow;

    public ulong DigestHigh;

    public uint Reserved2;

    /// <summary>CRC32C of the bytes before.</summary>
    public uint Checksum;
}
