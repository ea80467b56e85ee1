using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

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
