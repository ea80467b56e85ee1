namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_entry_out</c>: a name was found, or (node id 0) does not exist.</summary>
public readonly record struct EntryReply
{
    /// <summary>The node. 0 means "no such name" in a LOOKUP, and "no attributes" in a READDIRPLUS.</summary>
    public ulong NodeId { get; init; }

    /// <summary>Distinguishes successive nodes with the same id.</summary>
    public ulong Generation { get; init; }

    /// <summary>How many seconds the kernel may cache the name.</summary>
    public ulong EntryValidSeconds { get; init; }

    /// <summary>How many seconds the kernel may cache the attributes.</summary>
    public ulong AttributesValidSeconds { get; init; }

    /// <summary>Additional nanoseconds.</summary>
    public uint EntryValidNanoseconds { get; init; }

    /// <summary>Additional nanoseconds.</summary>
    public uint AttributesValidNanoseconds { get; init; }

    /// <summary>The node's attributes.</summary>
    public NodeAttributes Attributes { get; init; }
}

/// <summary><c>fuse_dirent</c> without its name, which follows and is padded with zeros to 8 bytes.</summary>
/// <param name="Inode">Inode number.</param>
/// <param name="Cookie">Where to continue after this entry.</param>
/// <param name="NameLength">Length of the name in bytes.</param>
/// <param name="Type">The type of the entry.</param>
public readonly record struct DirectoryRecord(ulong Inode, ulong Cookie, uint NameLength, FileType Type)
{
    private const int Alignment = sizeof(ulong);

    /// <summary>Length of a record and its name, padded.</summary>
    public static int PaddedLength(int headLength, int nameLength) => (headLength + nameLength + Alignment - 1) & -Alignment;
}

/// <summary><c>fuse_create_in</c>: body of CREATE and TMPFILE; a name follows.</summary>
public readonly record struct CreateRequest
{
    /// <summary>Flags of the open file.</summary>
    public uint Flags { get; init; }

    /// <summary>Type and permissions after applying the umask.</summary>
    public uint Mode { get; init; }

    /// <summary>The caller's umask.</summary>
    public uint Umask { get; init; }

    /// <summary>FUSE_OPEN_*.</summary>
    public uint OpenFlags { get; init; }
}

/// <summary><c>fuse_entry_out</c> and <c>fuse_open_out</c>: reply to CREATE and TMPFILE.</summary>
/// <param name="Entry">The new node.</param>
/// <param name="Open">Its open file.</param>
public readonly record struct CreateReply(EntryReply Entry, OpenReply Open);

/// <summary><c>fuse_mkdir_in</c>; a name follows.</summary>
/// <param name="Mode">Permissions after applying the umask.</param>
/// <param name="Umask">The caller's umask.</param>
public readonly record struct MakeDirectoryRequest(uint Mode, uint Umask);

/// <summary><c>fuse_mknod_in</c>; a name follows.</summary>
/// <param name="Mode">Type and permissions after applying the umask.</param>
/// <param name="Device">Device number: see <see cref="DeviceNumber"/>.</param>
/// <param name="Umask">The caller's umask.</param>
/// <param name="Padding">Padding.</param>
public readonly record struct MakeNodeRequest(uint Mode, uint Device, uint Umask, uint Padding);

/// <summary><c>fuse_link_in</c>; the new name follows.</summary>
/// <param name="NodeId">The node that gets the name.</param>
public readonly record struct LinkRequest(ulong NodeId);

/// <summary><c>fuse_rename_in</c>; the old and the new name follow.</summary>
/// <param name="NewDirectory">The directory of the new name.</param>
public readonly record struct RenameRequest(ulong NewDirectory);

/// <summary><c>fuse_rename2_in</c>; the old and the new name follow.</summary>
/// <param name="NewDirectory">The directory of the new name.</param>
/// <param name="Flags">The kind of renaming.</param>
/// <param name="Padding">Padding.</param>
public readonly record struct Rename2Request(ulong NewDirectory, RenameFlags Flags, uint Padding);

/// <summary><c>RENAME_*</c> of renameat2(2).</summary>
[Flags]
public enum RenameFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Fail if the new name exists.</summary>
    NoReplace = 1 << 0,

    /// <summary>Exchange both names.</summary>
    Exchange = 1 << 1,

    /// <summary>Leave a whiteout behind, for overlayfs.</summary>
    Whiteout = 1 << 2,
}

/// <summary><c>fuse_forget_in</c>.</summary>
/// <param name="Count">How many of the node's introductions are forgotten.</param>
public readonly record struct ForgetRequest(ulong Count);

/// <summary><c>fuse_batch_forget_in</c>; the nodes follow.</summary>
/// <param name="Count">How many nodes follow.</param>
/// <param name="Dummy">Unused.</param>
public readonly record struct BatchForgetRequest(uint Count, uint Dummy);

/// <summary><c>fuse_forget_one</c>.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Count">How many of its introductions are forgotten.</param>
public readonly record struct ForgottenNode(ulong NodeId, ulong Count);
