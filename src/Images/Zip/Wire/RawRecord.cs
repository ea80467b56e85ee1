using System.Runtime.InteropServices;

namespace CondaFuse.Images.Zip.Wire;

/// <summary>What an archive of ours says of itself and zip has no place for (<c>docs/formats.md</c>); the message follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawRecord
{
    public ulong IdentityLow;
    public ulong IdentityHigh;
    public ulong Generation;

    /// <summary>The last segment of the journal that went into this generation; 0 if none did.</summary>
    public ulong SegmentLow;
    public ulong SegmentHigh;

    /// <summary>When it was made.</summary>
    public long Seconds;
    public uint Nanoseconds;

    /// <summary>Highest inode number that any generation gave.</summary>
    public uint HighestInode;

    /// <summary>Lengths of all files, each counted once.</summary>
    public ulong ContentBytes;

    /// <summary>Names in all directories.</summary>
    public ulong Names;

    /// <summary>Inodes of each kind.</summary>
    public ulong Files;
    public ulong Directories;
    public ulong Symlinks;
    public ulong BlockDevices;
    public ulong CharacterDevices;
    public ulong Fifos;
    public ulong Sockets;

    /// <summary>Of the root, which has no entry.</summary>
    public ushort RootPermissions;
    public ushort Reserved;
    public uint RootUser;
    public uint RootGroup;
    public uint RootNanoseconds;
    public long RootSeconds;
    public long RootChangedSeconds;
    public uint RootChangedNanoseconds;

    public uint MessageLength;

    /// <summary>What changed since the generation before; 0 in a first one.</summary>
    public ulong Added;
    public ulong AddedBytes;
    public ulong Changed;
    public ulong ChangedBytes;
    public ulong Removed;
    public ulong RemovedBytes;
}
