using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>Constants of our additions to zip archives (<c>docs/formats.md</c>).</summary>
internal static class ZipPrivateFormat
{
    /// <summary>"CondaFz" and 0x1A, little-endian: the start of the footer.</summary>
    public const ulong FooterMagic = 0x1A7A4661646E6F43;

    /// <summary>Readers ignore records with another major version.</summary>
    public const ushort MajorVersion = 1;

    /// <summary>Raised when fields are added that older readers may ignore.</summary>
    public const ushort MinorVersion = 1;

    /// <summary>Longest record in bytes.</summary>
    public const int MaxRecord = 1 << 20;

    /// <summary>Longest prefix table in bytes.</summary>
    public const int MaxPrefixTable = 16 << 20;

    /// <summary>Longest message in bytes.</summary>
    public const int MaxMessage = 65536;
}

/// <summary>Information of our archives for which zip has no place (<c>docs/formats.md</c>); the message follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawZipRecord
{
    public ulong IdentityLow;
    public ulong IdentityHigh;
    public ulong Generation;

    /// <summary>The last journal segment merged into this generation; 0 if there is none.</summary>
    public ulong SegmentLow;
    public ulong SegmentHigh;

    /// <summary>The time of the commit.</summary>
    public long Seconds;
    public uint Nanoseconds;

    /// <summary>Highest inode number that any generation has assigned.</summary>
    public uint HighestInode;

    /// <summary>Total length of all files, each counted once.</summary>
    public ulong ContentBytes;

    /// <summary>Number of names in all directories.</summary>
    public ulong Names;

    /// <summary>Number of inodes of each kind.</summary>
    public ulong Files;
    public ulong Directories;
    public ulong Symlinks;
    public ulong BlockDevices;
    public ulong CharacterDevices;
    public ulong Fifos;
    public ulong Sockets;

    /// <summary>Permissions of the root, which has no entry.</summary>
    public ushort RootPermissions;
    public ushort Reserved;
    public uint RootUser;
    public uint RootGroup;
    public uint RootNanoseconds;
    public long RootSeconds;
    public long RootChangedSeconds;
    public uint RootChangedNanoseconds;

    public uint MessageLength;

    /// <summary>Changes since the previous generation; 0 in the first one.</summary>
    public ulong Added;
    public ulong AddedBytes;
    public ulong Changed;
    public ulong ChangedBytes;
    public ulong Removed;
    public ulong RemovedBytes;
}

/// <summary>Directly before the central directory of our archives; refers to the record before it.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawZipFooter
{
    /// <summary><see cref="ZipPrivateFormat.FooterMagic"/>.</summary>
    public ulong Magic;

    public ushort MajorVersion;

    public ushort MinorVersion;

    /// <summary>Length of the record in bytes; it ends at the start of the footer.</summary>
    public uint RecordLength;

    /// <summary>CRC32C of the record.</summary>
    public uint RecordChecksum;

    /// <summary>Length of the stored prefix table in bytes; it ends at the start of the record. 0: there is none.</summary>
    public uint PrefixLength;

    /// <summary>Digest of the central directory, the bytes after it, and its position; if it differs, the footer is stale.</summary>
    public ulong DigestLow;

    public ulong DigestHigh;

    /// <summary>CRC32C of the stored prefix table.</summary>
    public uint PrefixChecksum;

    /// <summary>CRC32C of everything before this field.</summary>
    public uint Checksum;
}

/// <summary>Our extra field of an entry, in the central directory (<see cref="ExtraId.Own"/>).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawOwnExtra
{
    /// <summary>Inode number; names of one entry share it. Valid only if the record vouches for the directory.</summary>
    public uint Inode;

    /// <summary>Nanoseconds of the last content change.</summary>
    public uint Nanoseconds;
    public long Seconds;

    /// <summary>Nanoseconds of the last attribute change. Valid under the same condition as the inode number.</summary>
    public uint ChangedNanoseconds;
    public long ChangedSeconds;
}

/// <summary>A digest of a central directory, the bytes after it, and its position. Any change to an archive changes it.</summary>
internal struct DirectoryDigest
{
    /// <summary>Length of the parts that are digested; the last one may be shorter.</summary>
    public const int PartBytes = 1 << 20;

    private readonly ContentHash _hash = new(seed: 0);
    private UInt128 _sum;

    /// <param name="start">The start of the directory.</param>
    public DirectoryDigest(long start) => _sum = (ulong)start;

    public readonly Guid Value => Identities.Of((ulong)_sum, (ulong)(_sum >> 64));

    /// <summary>The digest of the bytes from a position to the archive's end.</summary>
    public static Guid Of(long start, ReadOnlySpan<byte> bytes)
    {
        var digest = new DirectoryDigest(start);
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(PartBytes, bytes.Length)..])
        {
            digest.Add(bytes[..Math.Min(PartBytes, bytes.Length)]);
        }

        return digest.Value;
    }

    /// <summary>Adds the next part.</summary>
    public void Add(ReadOnlySpan<byte> part)
    {
        var digest = _hash.Of(part);
        _sum = (_sum * 0x9E3779B97F4A7C15) + digest.First + UInt128.RotateLeft(digest.Second, 64) + (UInt128)digest.Length;
    }
}
