namespace CondaFuse.Tree;

/// <summary>
/// A tree that can be changed. All members are thread-safe. A change survives the death of the process once the call returns, and a power failure
/// after <see cref="Sync"/>. Permissions are not checked here: the server checks them, or lets the kernel do so. Failures are
/// <see cref="TreeException"/>s; a failed call has changed nothing.
/// </summary>
public interface IWritableTree : IReadableTree
{
    /// <summary>Free space for changes, for <c>statfs</c>.</summary>
    FreeSpace FreeSpace { get; }

    /// <summary>Creates a file, directory, fifo, socket or device.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.Exists"/>, <see cref="TreeFailure.NotFound"/> (the directory was removed).</exception>
    Attributes Create(NodeId directory, ReadOnlySpan<byte> name, in NewEntry entry);

    /// <summary>Creates a symbolic link with a target of 1 to 4095 bytes.</summary>
    Attributes CreateSymlink(NodeId directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, in NewEntry entry);

    /// <summary>
    /// Creates a file without a name (<c>O_TMPFILE</c>). It is removed when it is forgotten, unless <see cref="Link"/> gave it a name.
    /// </summary>
    Attributes CreateUnnamed(NodeId directory, in NewEntry entry);

    /// <summary>Gives an entry other than a directory another name.</summary>
    Attributes Link(NodeId node, NodeId directory, ReadOnlySpan<byte> name);

    /// <summary>Removes a name of an entry other than a directory. The entry stays readable by its handle until it is forgotten.</summary>
    void Unlink(NodeId directory, ReadOnlySpan<byte> name);

    /// <summary>Removes an empty directory.</summary>
    void RemoveDirectory(NodeId directory, ReadOnlySpan<byte> name);

    /// <summary>Renames an entry. If both names lead to the same entry, nothing changes, as POSIX requires.</summary>
    void Rename(NodeId fromDirectory, ReadOnlySpan<byte> fromName, NodeId toDirectory, ReadOnlySpan<byte> toName, RenameMode mode);

    /// <summary>Changes attributes, including a file's size.</summary>
    Attributes SetAttributes(NodeId node, in AttributeChanges changes);

    /// <summary>Writes content of a file at a byte offset: all of it, or nothing if an exception is thrown.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">The start; a gap between the end of the file and the offset becomes zeros.</param>
    /// <param name="content">The bytes to write.</param>
    /// <param name="clearSetId">Whether to clear set-id bits (and file capabilities) because the writer may not keep them.</param>
    void Write(NodeId file, long offset, ReadOnlySpan<byte> content, bool clearSetId);

    /// <summary>Reserves, clears or frees a range of a file.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.Unsupported"/> if the tree does not support the mode.</exception>
    void Allocate(NodeId file, long offset, long length, AllocateMode mode);

    /// <summary>The start of the next data or hole at or after an offset.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NoSuchRange"/> if there is none.</exception>
    long Seek(NodeId file, long offset, SeekTarget target);

    /// <summary>Copies content between files of this tree, sharing stored bytes.</summary>
    /// <returns>Bytes copied; fewer than requested only at the source's end.</returns>
    long CopyRange(NodeId from, long fromOffset, NodeId to, long toOffset, long length);

    /// <summary>Sets an extended attribute by its full name.</summary>
    void SetXattr(NodeId node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrMode mode);

    /// <summary>Removes an extended attribute.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NoXattr"/>.</exception>
    void RemoveXattr(NodeId node, ReadOnlySpan<byte> name);

    /// <summary>Returns when everything changed so far is on the storage.</summary>
    void Sync();

    /// <summary>The kernel no longer knows this handle: an entry without names is deleted.</summary>
    void Forget(NodeId node);
}

/// <summary>The attributes of a new entry. Its times come from the tree's clock.</summary>
/// <param name="Kind">The kind of entry.</param>
/// <param name="Permissions">0 to 0o7777.</param>
/// <param name="UserId">The user who creates it.</param>
/// <param name="GroupId">That user's group; a set-gid directory's group takes precedence.</param>
public readonly record struct NewEntry(EntryKind Kind, ushort Permissions, uint UserId, uint GroupId)
{
    /// <summary>Major device number; 0 unless a device.</summary>
    public uint DeviceMajor { get; init; }

    /// <summary>Minor device number; 0 unless a device.</summary>
    public uint DeviceMinor { get; init; }
}

/// <summary>The attributes to change; null leaves one unchanged.</summary>
public readonly record struct AttributeChanges
{
    /// <summary>Permission bits with set-id and sticky bits: 0 to 0o7777.</summary>
    public ushort? Permissions { get; init; }

    /// <summary>Owner.</summary>
    public uint? UserId { get; init; }

    /// <summary>Group.</summary>
    public uint? GroupId { get; init; }

    /// <summary>Length of a file in bytes.</summary>
    public long? Size { get; init; }

    /// <summary>Time of last access.</summary>
    public Timestamp? Accessed { get; init; }

    /// <summary>Time of the last content change.</summary>
    public Timestamp? Modified { get; init; }

    /// <summary>Time of the last attribute change; null uses the tree's clock.</summary>
    public Timestamp? Changed { get; init; }

    /// <summary>Whether a new size or owner clears set-id bits and file capabilities.</summary>
    public bool ClearSetId { get; init; }
}

/// <summary>An operation on a range of a file.</summary>
public enum AllocateMode
{
    /// <summary>Reserve space; the file grows.</summary>
    Reserve,

    /// <summary>Reserve space; the file keeps its length.</summary>
    ReserveKeepingSize,

    /// <summary>Make a hole; the file keeps its length.</summary>
    PunchHole,

    /// <summary>Fill it with zeros; the file grows.</summary>
    Zero,

    /// <summary>Fill it with zeros; the file keeps its length.</summary>
    ZeroKeepingSize,

    /// <summary>Cut it out: later bytes move forward.</summary>
    Collapse,

    /// <summary>Insert a hole before it: bytes from there on move back.</summary>
    Insert,
}

/// <summary>How to treat an entry that already has the new name.</summary>
public enum RenameMode
{
    /// <summary>It is replaced, if its kind allows it.</summary>
    Replace,

    /// <summary>The rename fails.</summary>
    NoReplace,

    /// <summary>It gets the old name.</summary>
    Exchange,
}

/// <summary>The condition for setting an extended attribute.</summary>
public enum XattrMode
{
    /// <summary>None: it is created or replaced.</summary>
    Any,

    /// <summary>It must not exist.</summary>
    Create,

    /// <summary>It must exist.</summary>
    Replace,
}

/// <summary>Free space where changes are kept.</summary>
/// <param name="TotalBytes">Size of the file system.</param>
/// <param name="FreeBytes">Free for its owner.</param>
/// <param name="AvailableBytes">Free for this user.</param>
public readonly record struct FreeSpace(long TotalBytes, long FreeBytes, long AvailableBytes);
