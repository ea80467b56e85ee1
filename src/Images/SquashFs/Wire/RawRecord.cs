using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>Figures of what our writer adds to SquashFS (<c>docs/formats.md</c>).</summary>
internal static class PrivateFormat
{
    /// <summary>"CondaFs" and 0x1A, little-endian: begins the footer.</summary>
    public const ulong FooterMagic = 0x1A734661646E6F43;

    /// <summary>"CondaRc" and 0x1A, little-endian: begins the record.</summary>
    public const ulong RecordMagic = 0x1A635261646E6F43;

    /// <summary>A reader leaves alone what has another major version.</summary>
    public const ushort MajorVersion = 1;

    /// <summary>Raised when fields are added that older readers may ignore.</summary>
    public const ushort MinorVersion = 2;

    /// <summary>Bytes behind the message of a record of minor version 1.</summary>
    public const int TailOfVersion1 = 72;

    /// <summary>Longest record in bytes.</summary>
    public const int MaxRecord = 1 << 20;

    /// <summary>Longest message in bytes.</summary>
    public const int MaxMessage = 65536;

    /// <summary>Inodes in a block of the times table.</summary>
    public const int TimesPerBlock = 256;

    /// <summary>Bytes of an inode in the times table: seconds and nanoseconds of two times, column by column in a block.</summary>
    public const int TimesEntry = 24;

    /// <summary>In a record's flags: the generation gives back the content of an earlier one.</summary>
    public const uint FlagRestored = 1;
}

/// <summary>What our writer says of a generation of an image; the message follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawRecord
{
    /// <summary><see cref="PrivateFormat.RecordMagic"/>.</summary>
    public ulong Magic;

    public ushort MajorVersion;

    public ushort MinorVersion;

    /// <summary>Length of the record with its message and what later minor versions append, in bytes.</summary>
    public uint Length;

    /// <summary>Names the archive: kept from generation to generation.</summary>
    public ulong IdentityLow;

    public ulong IdentityHigh;

    /// <summary>1 for a new image, one more for every commit.</summary>
    public ulong Generation;

    /// <summary>When the generation was made: seconds since 1970.</summary>
    public long Seconds;

    public uint Nanoseconds;

    /// <summary><see cref="PrivateFormat.FlagRestored"/>.</summary>
    public uint Flags;

    /// <summary>Lengths of all files, each counted once however many names it has.</summary>
    public ulong ContentBytes;

    /// <summary>Names in all directories.</summary>
    public ulong Names;

    public RawCounts Counts;

    /// <summary>Highest inode number that any generation gave: new ones are above.</summary>
    public ulong HighestInode;

    /// <summary>Bytes of the image that belong to earlier generations only.</summary>
    public ulong DeadBytes;

    /// <summary>Start of the list of blocks of the times table; 0 if there is none.</summary>
    public ulong TimesTable;

    /// <summary>Inode numbers that the times table covers, from 1 on.</summary>
    public uint TimesCount;

    /// <summary>Entries of the checksum table.</summary>
    public uint ChecksumCount;

    /// <summary>Start of the list of blocks of the checksum table (<see cref="RawBlockChecksum"/>); 0 if there is none.</summary>
    public ulong ChecksumTable;

    /// <summary>Where the first block of the checksum table starts; each one starts where the one before ends.</summary>
    public ulong FirstBlock;

    /// <summary>Where the private tables start; they end where the record starts.</summary>
    public ulong PrivateTables;

    /// <summary>CRC32C of the private tables.</summary>
    public uint PrivateTablesChecksum;

    /// <summary>CRC32C of everything from the inode table to <see cref="RawSuperblock.BytesUsed"/>.</summary>
    public uint TablesChecksum;

    /// <summary>The generation before; 0 if there is none.</summary>
    public ulong ParentGeneration;

    public ulong ParentRecordStart;

    public uint ParentRecordLength;

    public uint ParentRecordChecksum;

    /// <summary>The superblock of the generation before.</summary>
    public RawSuperblock ParentSuperblock;

    /// <summary>Length of the message (UTF-8) behind this, in bytes.</summary>
    public uint MessageLength;

    public uint Reserved2;
}

/// <summary>What minor versions add to a record, behind the message.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawRecordTail
{
    /// <summary>Identity of the last segment of the journal that went into this generation; 0 if none did.</summary>
    public ulong SegmentLow;

    public ulong SegmentHigh;

    /// <summary>The generation whose content this one gives back; 0 if it is no rollback.</summary>
    public ulong Restored;

    /// <summary>Entries that the generation before did not have.</summary>
    public ulong Added;

    /// <summary>Lengths of the files among them.</summary>
    public ulong AddedBytes;

    /// <summary>Entries whose attributes, content or names differ from the generation before.</summary>
    public ulong Changed;

    /// <summary>Lengths of the files among them whose content differs.</summary>
    public ulong ChangedBytes;

    /// <summary>Entries of the generation before that are gone.</summary>
    public ulong Removed;

    /// <summary>Lengths of the files among them. The last field of minor version 1.</summary>
    public ulong RemovedBytes;

    /// <summary>Start of the list of blocks of the table of pieces (<see cref="RawPiece"/>); 0 if there is none.</summary>
    public ulong PieceTable;

    /// <summary>Entries of the table of pieces.</summary>
    public uint PieceCount;

    public uint Reserved;
}

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

/// <summary>Inodes of each kind.</summary>
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

/// <summary>One entry of the private checksum table: a data or fragment block of this generation as it is stored.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawBlockChecksum
{
    /// <summary>Its size, as of a data block.</summary>
    public uint Size;

    /// <summary>CRC32C of its stored bytes.</summary>
    public uint Checksum;
}

/// <summary>
/// An entry of the table of pieces: a piece of a fragment, which begins where the one before ends. Before a fragment's pieces comes an entry of
/// another meaning: how many they are, and which block of the checksum table the fragment is.
/// </summary>
/// <param name="Length">Its length in bytes; how many pieces follow.</param>
/// <param name="Checksum">CRC32C of its content; index of the fragment's block in the checksum table.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct RawPiece(uint Length, uint Checksum)
{
    /// <summary>What comes before the pieces of a fragment.</summary>
    public static RawPiece Head(int pieces, int block) => new((uint)pieces, (uint)block);
}

/// <summary>The identity of an image of another tool.</summary>
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
