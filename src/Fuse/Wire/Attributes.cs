namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_attr</c>: what <c>stat</c> tells.</summary>
public readonly record struct NodeAttributes
{
    /// <summary>Inode number.</summary>
    public ulong Inode { get; init; }

    /// <summary>Bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>Bytes taken, in units of 512.</summary>
    public ulong Blocks { get; init; }

    /// <summary>Seconds of the last access.</summary>
    public long AccessSeconds { get; init; }

    /// <summary>Seconds of the last change of the content.</summary>
    public long ModificationSeconds { get; init; }

    /// <summary>Seconds of the last change of the attributes.</summary>
    public long ChangeSeconds { get; init; }

    /// <summary>Nanoseconds of the last access.</summary>
    public uint AccessNanoseconds { get; init; }

    /// <summary>Nanoseconds of the last change of the content.</summary>
    public uint ModificationNanoseconds { get; init; }

    /// <summary>Nanoseconds of the last change of the attributes.</summary>
    public uint ChangeNanoseconds { get; init; }

    /// <summary>Type (see <see cref="FileType"/>) and permissions.</summary>
    public uint Mode { get; init; }

    /// <summary>Number of names.</summary>
    public uint LinkCount { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Device number: see <see cref="DeviceNumber"/>.</summary>
    public uint Device { get; init; }

    /// <summary>Preferred size of a transfer in bytes.</summary>
    public uint BlockSize { get; init; }

    /// <summary>FUSE_ATTR_*.</summary>
    public uint Flags { get; init; }
}

/// <summary><c>fuse_attr_out</c>.</summary>
public readonly record struct AttributesReply
{
    /// <summary>Seconds for which the kernel may believe them.</summary>
    public ulong ValidSeconds { get; init; }

    /// <summary>Nanoseconds on top.</summary>
    public uint ValidNanoseconds { get; init; }

    /// <summary>Padding.</summary>
    public uint Reserved { get; init; }

    /// <summary>The node's attributes.</summary>
    public NodeAttributes Attributes { get; init; }
}

/// <summary><c>FATTR_*</c>: which attributes a SETATTR sets.</summary>
[Flags]
public enum AttributeFields : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Permissions.</summary>
    Mode = 1 << 0,

    /// <summary>Owner.</summary>
    UserId = 1 << 1,

    /// <summary>Group.</summary>
    GroupId = 1 << 2,

    /// <summary>Length.</summary>
    Size = 1 << 3,

    /// <summary>Last access.</summary>
    Accessed = 1 << 4,

    /// <summary>Last change of the content.</summary>
    Modified = 1 << 5,

    /// <summary>The handle is there.</summary>
    Handle = 1 << 6,

    /// <summary>Last access: the server's clock, not the request's time.</summary>
    AccessedNow = 1 << 7,

    /// <summary>Last change of the content: the server's clock, not the request's time.</summary>
    ModifiedNow = 1 << 8,

    /// <summary>The lock's owner is there.</summary>
    LockOwner = 1 << 9,

    /// <summary>Last change of the attributes: only of kernels that keep it themselves.</summary>
    Changed = 1 << 10,

    /// <summary>Set-id bits and file capabilities are to be cleared, as a change of size or owner does.</summary>
    ClearSetId = 1 << 11,
}

/// <summary><c>fuse_setattr_in</c>.</summary>
public readonly record struct SetAttributesRequest
{
    /// <summary>Which of the others count.</summary>
    public AttributeFields Fields { get; init; }

    /// <summary>Padding.</summary>
    public uint Padding { get; init; }

    /// <summary>What OPEN gave.</summary>
    public ulong Handle { get; init; }

    /// <summary>New length in bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>Who holds the lock.</summary>
    public ulong LockOwner { get; init; }

    /// <summary>Seconds of the last access.</summary>
    public long AccessSeconds { get; init; }

    /// <summary>Seconds of the last change of the content.</summary>
    public long ModificationSeconds { get; init; }

    /// <summary>Seconds of the last change of the attributes.</summary>
    public long ChangeSeconds { get; init; }

    /// <summary>Nanoseconds of the last access.</summary>
    public uint AccessNanoseconds { get; init; }

    /// <summary>Nanoseconds of the last change of the content.</summary>
    public uint ModificationNanoseconds { get; init; }

    /// <summary>Nanoseconds of the last change of the attributes.</summary>
    public uint ChangeNanoseconds { get; init; }

    /// <summary>Type and permissions.</summary>
    public uint Mode { get; init; }

    /// <summary>Unused.</summary>
    public uint Unused4 { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Unused.</summary>
    public uint Unused5 { get; init; }
}

/// <summary>The type of a file as <c>dirent</c> gives it (<c>DT_*</c>).</summary>
public enum FileType : uint
{
#pragma warning disable CS1591 // readdir(3)
    Unknown = 0,
    Fifo = 1,
    CharacterDevice = 2,
    Directory = 4,
    BlockDevice = 6,
    Regular = 8,
    Symlink = 10,
    Socket = 12,
#pragma warning restore CS1591
}

/// <summary>The type of a file as <c>st_mode</c> carries it.</summary>
public static class FileTypes
{
    private const int ModeShift = 12;

    /// <summary>The type that a mode carries.</summary>
    public static FileType OfMode(uint mode) => (FileType)((mode >> ModeShift) & 0xF);

    /// <summary>The <c>S_IFMT</c> bits of a mode.</summary>
    public static uint ModeBits(this FileType type) => (uint)type << ModeShift;
}

/// <summary>Device numbers as the kernel's <c>new_encode_dev</c> packs them: 12 bits of major, 20 of minor.</summary>
public static class DeviceNumber
{
    /// <summary>Major number of a packed one.</summary>
    public static uint MajorOf(uint packed) => (packed >> 8) & 0xFFF;

    /// <summary>Minor number of a packed one.</summary>
    public static uint MinorOf(uint packed) => (packed & 0xFF) | ((packed >> 12) & 0xFFF00);

    /// <summary>Packs a device number into 32 bits.</summary>
    public static uint Pack(uint major, uint minor) => (minor & 0xFF) | ((major & 0xFFF) << 8) | ((minor & 0xFFF00) << 12);
}
