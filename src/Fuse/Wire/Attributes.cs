namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_attr</c>: the result of <c>stat</c>.</summary>
public readonly record struct NodeAttributes
{
    /// <summary>Inode number.</summary>
    public ulong Inode { get; init; }

    /// <summary>Size in bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>Disk usage in units of 512 bytes.</summary>
    public ulong Blocks { get; init; }

    /// <summary>Time of last access, seconds.</summary>
    public long AccessSeconds { get; init; }

    /// <summary>Time of the last content change, seconds.</summary>
    public long ModificationSeconds { get; init; }

    /// <summary>Time of the last attribute change, seconds.</summary>
    public long ChangeSeconds { get; init; }

    /// <summary>Time of last access, nanoseconds.</summary>
    public uint AccessNanoseconds { get; init; }

    /// <summary>Time of the last content change, nanoseconds.</summary>
    public uint ModificationNanoseconds { get; init; }

    /// <summary>Time of the last attribute change, nanoseconds.</summary>
    public uint ChangeNanoseconds { get; init; }

    /// <summary>Type (see <see cref="FileType"/>) and permissions.</summary>
    public uint Mode { get; init; }

    /// <summary>Number of hard links.</summary>
    public uint LinkCount { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Device number: see <see cref="DeviceNumber"/>.</summary>
    public uint Device { get; init; }

    /// <summary>Preferred transfer size in bytes.</summary>
    public uint BlockSize { get; init; }

    /// <summary>FUSE_ATTR_*.</summary>
    public uint Flags { get; init; }
}

/// <summary><c>fuse_attr_out</c>.</summary>
public readonly record struct AttributesReply
{
    /// <summary>How many seconds the kernel may cache the attributes.</summary>
    public ulong ValidSeconds { get; init; }

    /// <summary>Additional nanoseconds.</summary>
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

    /// <summary>Time of last access.</summary>
    Accessed = 1 << 4,

    /// <summary>Time of the last content change.</summary>
    Modified = 1 << 5,

    /// <summary>The handle is valid.</summary>
    Handle = 1 << 6,

    /// <summary>Time of last access, from the server's clock instead of the request.</summary>
    AccessedNow = 1 << 7,

    /// <summary>Time of the last content change, from the server's clock instead of the request.</summary>
    ModifiedNow = 1 << 8,

    /// <summary>The lock owner is valid.</summary>
    LockOwner = 1 << 9,

    /// <summary>Time of the last attribute change: only sent by kernels that maintain it themselves.</summary>
    Changed = 1 << 10,

    /// <summary>Clear set-id bits and file capabilities, as a change of size or owner does.</summary>
    ClearSetId = 1 << 11,
}

/// <summary><c>fuse_setattr_in</c>.</summary>
public readonly record struct SetAttributesRequest
{
    /// <summary>Which of the other fields are valid.</summary>
    public AttributeFields Fields { get; init; }

    /// <summary>Padding.</summary>
    public uint Padding { get; init; }

    /// <summary>The handle from OPEN.</summary>
    public ulong Handle { get; init; }

    /// <summary>New length in bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>The owner of the lock.</summary>
    public ulong LockOwner { get; init; }

    /// <summary>Time of last access, seconds.</summary>
    public long AccessSeconds { get; init; }

    /// <summary>Time of the last content change, seconds.</summary>
    public long ModificationSeconds { get; init; }

    /// <summary>Time of the last attribute change, seconds.</summary>
    public long ChangeSeconds { get; init; }

    /// <summary>Time of last access, nanoseconds.</summary>
    public uint AccessNanoseconds { get; init; }

    /// <summary>Time of the last content change, nanoseconds.</summary>
    public uint ModificationNanoseconds { get; init; }

    /// <summary>Time of the last attribute change, nanoseconds.</summary>
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

/// <summary>The type of a file in a <c>dirent</c> (<c>DT_*</c>).</summary>
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

/// <summary>The type of a file in <c>st_mode</c>.</summary>
public static class FileTypes
{
    private const int ModeShift = 12;

    /// <summary>The type in a mode.</summary>
    public static FileType OfMode(uint mode) => (FileType)((mode >> ModeShift) & 0xF);

    /// <summary>The <c>S_IFMT</c> bits of a mode.</summary>
    public static uint ModeBits(this FileType type) => (uint)type << ModeShift;
}

/// <summary>Device numbers as the kernel's <c>new_encode_dev</c> packs them: 12 bits of major, 20 of minor.</summary>
public static class DeviceNumber
{
    /// <summary>Major number of a packed device number.</summary>
    public static uint MajorOf(uint packed) => (packed >> 8) & 0xFFF;

    /// <summary>Minor number of a packed device number.</summary>
    public static uint MinorOf(uint packed) => (packed & 0xFF) | ((packed >> 12) & 0xFFF00);

    /// <summary>Packs a device number into 32 bits.</summary>
    public static uint Pack(uint major, uint minor) => (minor & 0xFF) | ((major & 0xFFF) << 8) | ((minor & 0xFFF00) << 12);
}
