using System.Runtime.InteropServices;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>The start of every inode.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawInodeHeader
{
    /// <summary><see cref="InodeType"/>.</summary>
    public ushort Type;

    /// <summary>Permission bits: 0 to 0o7777.</summary>
    public ushort Permissions;

    /// <summary>Index of the owner in the id table.</summary>
    public ushort UserIndex;

    /// <summary>Index of the group in the id table.</summary>
    public ushort GroupIndex;

    /// <summary>Seconds since 1970.</summary>
    public uint ModificationTime;

    /// <summary>1 to the number of inodes, or higher if an image has unused numbers.</summary>
    public uint Number;
}

/// <summary>Rest of a basic file inode; the 32-bit sizes of its blocks follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawFile
{
    /// <summary>The start of its blocks in the image.</summary>
    public uint FirstBlock;

    /// <summary>Index in the fragment table, or <see cref="SquashFsFormat.NoFragment"/>.</summary>
    public uint Fragment;

    /// <summary>Offset of its last bytes in the fragment block's content.</summary>
    public uint FragmentOffset;

    /// <summary>Length in bytes.</summary>
    public uint Size;
}

/// <summary>Rest of an extended file inode; the 32-bit sizes of its blocks follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawExtendedFile
{
    /// <summary>The start of its blocks in the image.</summary>
    public ulong FirstBlock;

    /// <summary>Length in bytes.</summary>
    public ulong Size;

    /// <summary>Bytes in blocks of zeros that are not stored.</summary>
    public ulong Sparse;

    public uint LinkCount;

    /// <summary>Index in the fragment table, or <see cref="SquashFsFormat.NoFragment"/>.</summary>
    public uint Fragment;

    /// <summary>Offset of its last bytes in the fragment block's content.</summary>
    public uint FragmentOffset;

    public uint Xattrs;
}

/// <summary>Rest of a basic directory inode.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDirectory
{
    /// <summary>Start of the listing's first metadata block, relative to the directory table.</summary>
    public uint ListingBlock;

    public uint LinkCount;

    /// <summary>Length of the listing plus <see cref="SquashFsFormat.DirectorySizeExtra"/>.</summary>
    public ushort Size;

    /// <summary>Offset of the listing in the content of its first block.</summary>
    public ushort ListingOffset;

    /// <summary>Inode number of the parent; for the root, the number of inodes plus one.</summary>
    public uint Parent;
}

/// <summary>Rest of an extended directory inode; <see cref="RawDirectoryIndex"/> entries follow.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawExtendedDirectory
{
    public uint LinkCount;

    /// <summary>Length of the listing plus <see cref="SquashFsFormat.DirectorySizeExtra"/>.</summary>
    public uint Size;

    /// <summary>Start of the listing's first metadata block, relative to the directory table.</summary>
    public uint ListingBlock;

    /// <summary>Inode number of the parent; for the root, the number of inodes plus one.</summary>
    public uint Parent;

    /// <summary>Number of entries in the index.</summary>
    public ushort IndexCount;

    /// <summary>Offset of the listing in the content of its first block.</summary>
    public ushort ListingOffset;

    public uint Xattrs;
}

/// <summary>Rest of a symlink inode; the target follows and, in an extended one, the 32-bit xattr index.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawSymlink
{
    public uint LinkCount;

    /// <summary>Length of the target in bytes.</summary>
    public uint TargetLength;
}

/// <summary>Rest of a device inode; in an extended one the 32-bit xattr index follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawDevice
{
    public uint LinkCount;

    /// <summary><see cref="DeviceNumber"/>.</summary>
    public uint Device;
}

/// <summary>Rest of a fifo's or socket's inode; in an extended one the 32-bit xattr index follows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct RawIpc
{
    public uint LinkCount;
}

/// <summary>Device numbers as Linux packs them into 32 bits (<c>new_encode_dev</c>): 12 bits major, 20 bits minor.</summary>
internal static class DeviceNumber
{
    public const uint MaxMajor = 0xFFF;

    public const uint MaxMinor = 0xFFFFF;

    public static uint Encode(uint major, uint minor) => (minor & 0xFF) | (major << 8) | ((minor & ~0xFFu) << 12);

    public static (uint Major, uint Minor) Decode(uint device) => ((device >> 8) & 0xFFF, (device & 0xFF) | ((device >> 12) & 0xFFF00));
}

/// <summary>Type of an inode. Directory entries always have the basic type, even if the inode has the extended one.</summary>
internal enum InodeType : ushort
{
    Directory = 1,
    File = 2,
    Symlink = 3,
    BlockDevice = 4,
    CharacterDevice = 5,
    Fifo = 6,
    Socket = 7,
    ExtendedDirectory = 8,
    ExtendedFile = 9,
    ExtendedSymlink = 10,
    ExtendedBlockDevice = 11,
    ExtendedCharacterDevice = 12,
    ExtendedFifo = 13,
    ExtendedSocket = 14,
}

/// <summary>Converts between types of inodes and kinds of entries.</summary>
internal static class InodeTypes
{
    /// <summary>Distance from a basic type to its extended one.</summary>
    private const int Extension = 7;

    /// <summary>The basic type of a kind.</summary>
    public static InodeType Of(EntryKind kind) => kind switch
    {
        EntryKind.File => InodeType.File,
        EntryKind.Directory => InodeType.Directory,
        EntryKind.Symlink => InodeType.Symlink,
        EntryKind.BlockDevice => InodeType.BlockDevice,
        EntryKind.CharacterDevice => InodeType.CharacterDevice,
        EntryKind.Fifo => InodeType.Fifo,
        EntryKind.Socket => InodeType.Socket,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Invalid kind."),
    };

    /// <summary>The extended type of a basic one.</summary>
    public static InodeType Extended(InodeType basic) => basic + Extension;

    /// <summary>The kind of a basic or extended type; false for a number that is neither.</summary>
    public static bool TryGetKind(InodeType type, out EntryKind kind)
    {
        var basic = type > InodeType.Socket ? type - Extension : type;
        kind = basic switch
        {
            InodeType.File => EntryKind.File,
            InodeType.Directory => EntryKind.Directory,
            InodeType.Symlink => EntryKind.Symlink,
            InodeType.BlockDevice => EntryKind.BlockDevice,
            InodeType.CharacterDevice => EntryKind.CharacterDevice,
            InodeType.Fifo => EntryKind.Fifo,
            _ => EntryKind.Socket,
        };
        return basic is >= InodeType.Directory and <= InodeType.Socket;
    }
}
