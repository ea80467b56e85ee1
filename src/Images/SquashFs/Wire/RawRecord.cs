using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Constants of our additions to SquashFS (<c>docs/formats.md</c>).</summary>
internal static class PrivateFormat
{
    /// <summary>"CondaFs" and 0x1A, little-endian: the start of the footer.</summary>
    public const ulong FooterMagic = 0x1A734661646E6F43;

    /// <summary>"CondaRc" and 0x1A, little-endian: the start of the record.</summary>
    public const ulong RecordMagic = 0x1A635261646E6F43;

    /// <summary>Readers ignore records with another major version.</summary>
    public const ushort MajorVersion = 1;

    /// <summary>Raised when fields are added that older readers may ignore.</summary>
    public const ushort MinorVersion = 4;

    /// <summary>Length in bytes of the tail after the message in a record of minor version 1.</summary>
    public const int TailOfVersion1 = 72;

    /// <summary>The same of minor version 2.</summary>
    public const int TailOfVersion2 = 88;

    /// <summary>The same of minor version 3.</summary>
    public const int TailOfVersion3 = 112;

    /// <summary>Longest list of first uses in bytes, decompressed.</summary>
    public const int MaxFirstUses = 1 << 20;

    /// <summary>Longest prefix table in bytes, decompressed.</summary>
    public const int MaxPrefixTable = 16 << 20;

    /// <summary>Longest record in bytes.</summary>
    public const int MaxRecord = 1 << 20;

    /// <summary>Longest message in bytes.</summary>
    public const int MaxMessage = 65536;

    /// <summary>Number of inodes per block of the times table.</summary>
    public const int TimesPerBlock = 256;

    /// <summary>Bytes per inode in the times table: seconds and nanoseconds of two times, stored column by column in a block.</summary>
    public const int TimesEntry = 24;

    /// <summary>Flag in a record: the generation restores the content of an earlier one.</summary>
    public const uint FlagRestored = 1;
}

/// <summary>The private record of a generation; the message follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawRecord
{
    /// <summary><see cref="PrivateFormat.RecordMagic"/>.</summary>
    public ulong Magic;

    public ushort MajorVersion;

    public ushort MinorVersion;

    /// <summary>Length of the record in bytes, including its message and the fields that minor versions append.</summary>
    public uint Length;

    /// <summary>The archive's identity, the same in all generations.</summary>
    public ulong IdentityLow;

    public ulong IdentityHigh;

    /// <summary>1 for a new image, one more for each commit.</summary>
    public ulong Generation;

    /// <summary>When the generation was made, in seconds since 1970.</summary>
    public long Seconds;

    public uint Nanoseconds;

    /// <summary><see cref="PrivateFormat.FlagRestored"/>.</summary>
    public uint Flags;

    /// <summary>Total length of all files, each counted once however many names it has.</summary>
    public ulong ContentBytes;

    /// <summary>Number of names in all directories.</summary>
    public ulong Names;

    public RawCounts Counts;

    /// <summary>Highest inode number that any generation has assigned: new numbers are higher.</summary>
    public ulong HighestInode;

    /// <summary>Bytes of the image that belong to earlier generations only.</summary>
    public ulong DeadBytes;

    /// <summary>Start of the times table's list of blocks; 0 if there is none.</summary>
    public ulong TimesTable;

    /// <summary>Number of inode numbers that the times table covers, from 1 on.</summary>
    public uint TimesCount;

    /// <summary>Number of entries in the checksum table.</summary>
    public uint ChecksumCount;

    /// <summary>Start of the checksum table's list of blocks (<see cref="RawBlockChecksum"/>); 0 if there is none.</summary>
    public ulong ChecksumTable;

    /// <summary>The start of the first block in the checksum table; each block starts at the end of the previous one.</summary>
    public ulong FirstBlock;

    /// <summary>The start of the private tables, which end at the start of the record.</summary>
    public ulong PrivateTables;

    /// <summary>CRC32C of the private tables.</summary>
    public uint PrivateTablesChecksum;

    /// <summary>CRC32C of everything from the inode table to <see cref="RawSuperblock.BytesUsed"/>.</summary>
    public uint TablesChecksum;

    /// <summary>The previous generation; 0 if there is none.</summary>
    public ulong ParentGeneration;

    public ulong ParentRecordStart;

    public uint ParentRecordLength;

    public uint ParentRecordChecksum;

    /// <summary>The superblock of the previous generation.</summary>
    public RawSuperblock ParentSuperblock;

    /// <summary>Length in bytes of the message (UTF-8) that follows.</summary>
    public uint MessageLength;

    public uint Reserved2;
}

/// <summary>The fields that minor versions add to a record, after the message.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawRecordTail
{
    /// <summary>Identity of the last journal segment merged into this generation; 0 if there is none.</summary>
    public ulong SegmentLow;

    public ulong SegmentHigh;

    /// <summary>The generation whose content this one restores; 0 if it is no rollback.</summary>
    public ulong Restored;

    /// <summary>Number of new entries.</summary>
    public ulong Added;

    /// <summary>Total length of new files.</summary>
    public ulong AddedBytes;

    /// <summary>Number of entries whose attributes, content or names changed.</summary>
    public ulong Changed;

    /// <summary>Total length of files whose content changed.</summary>
    public ulong ChangedBytes;

    /// <summary>Number of removed entries.</summary>
    public ulong Removed;

    /// <summary>Total length of removed files. The last field of minor version 1.</summary>
    public ulong RemovedBytes;

    /// <summary>Start of the piece table's list of blocks (<see cref="RawPiece"/>); 0 if there is none.</summary>
    public ulong PieceTable;

    /// <summary>Number of entries in the piece table.</summary>
    public uint PieceCount;

    /// <summary>The last field of minor version 2.</summary>
    public uint Reserved;

    /// <summary>Start of the list of the prefix table's blocks; 0 if there is none.</summary>
    public ulong PrefixTable;

    /// <summary>Length of the prefix table in bytes, decompressed.</summary>
    public uint PrefixLength;

    public uint Reserved2;

    /// <summary>
    /// The generation whose content the prefix table describes: this one, or the one that it restores. The last field of minor version 3.
    /// </summary>
    public ulong PrefixGeneration;

    /// <summary>Start of the list of blocks of the list of first uses; 0 if there is none.</summary>
    public ulong FirstUses;

    /// <summary>Length of the list of first uses in bytes, decompressed.</summary>
    public uint FirstUsesLength;

    public uint Reserved3;
}

/// <summary>The last bytes before the inode table, where every reader of the superblock can find them; refers to the record.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFooter
{
    /// <summary><see cref="PrivateFormat.FooterMagic"/>.</summary>
    public ulong Magic;

    public ushort MajorVersion;

    public ushort MinorVersion;

    /// <summary>Length of the record in bytes.</summary>
    public uint RecordLength;

    /// <summary>The start of the record in the image.</summary>
    public ulong RecordStart;

    /// <summary>CRC32C of the record.</summary>
    public uint RecordChecksum;

    /// <summary>CRC32C of the superblock; if it differs, the footer is stale.</summary>
    public uint SuperblockChecksum;

    public ulong IdentityLow;

    public ulong IdentityHigh;

    public ulong Generation;

    public uint Reserved;

    /// <summary>CRC32C of everything before this field.</summary>
    public uint Checksum;
}

/// <summary>Number of inodes of each kind.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawCounts
{
    public ulong Files;

    public ulong Directories;

    public ulong Symlinks;

    public ulong BlockDevices;

    public ulong CharacterDevices;

    public ulong Fifos;

    public ulong Sockets;
}

/// <summary>An entry of the private checksum table: a data or fragment block of this generation in stored form.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawBlockChecksum
{
    /// <summary>Its size, in the form of a data block's size.</summary>
    public uint Size;

    /// <summary>CRC32C of its stored bytes.</summary>
    public uint Checksum;
}

/// <summary>
/// An entry of the piece table: a piece of a fragment, which starts at the end of the previous one. A header entry precedes each fragment's pieces:
/// their number, and the fragment's index in the checksum table.
/// </summary>
/// <param name="Length">Length of the piece in bytes; in a header, the number of pieces.</param>
/// <param name="Checksum">CRC32C of the piece's content; in a header, the index of the fragment's block in the checksum table.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct RawPiece(uint Length, uint Checksum)
{
    /// <summary>The header before the pieces of a fragment.</summary>
    public static RawPiece Head(int pieces, int block) => new((uint)pieces, (uint)block);
}

/// <summary>The identity of another tool's image.</summary>
internal static class ForeignIdentity
{
    /// <summary>FNV-1a of its superblock, 128 bits (draft-eastlake-fnv).</summary>
    public static Guid Of(in RawSuperblock superblock)
    {
        var prime = new UInt128(0x0000000001000000, 0x000000000000013B);
        var hash = new UInt128(0x6C62272E07BB0142, 0x62B821756295C58D);
        foreach (var b in MemoryMarshal.AsBytes(new ReadOnlySpan<RawSuperblock>(in superblock)))
        {
            hash = (hash ^ b) * prime;
        }

        return Identities.Of((ulong)hash, (ulong)(hash >> 64));
    }
}
