namespace CondaFuse.Tree;

/// <summary>
/// A tree that can be changed. All members may be called from several threads at once. What a call has changed is kept when it returns, even if the
/// process is killed then; after <see cref="Sync"/> even if the power goes. Permissions are not checked here: who serves the tree does that, or lets
/// the kernel do it. Failures are <see cref="TreeException"/>s; a failed call has changed nothing.
/// </summary>
public interface IWritableTree : IReadableTree
{
    /// <summary>Room for changes, as <c>statfs</c> tells it.</summary>
    FreeSpace FreeSpace { get; }

    /// <summary>Makes a file, directory, fifo, socket or device.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.Exists"/>, <see cref="TreeFailure.NotFound"/> (the directory was removed).</exception>
    Attributes Create(NodeId directory, ReadOnlySpan<byte> name, in NewEntry entry);

    /// <summary>Makes a symbolic link with a target of 1 to 4095 bytes.</summary>
    Attributes CreateSymlink(NodeId directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, in NewEntry entry);

    /// <summary>Makes a file without a name (<c>O_TMPFILE</c>): it is gone when it is forgotten, unless <see cref="Link"/> gave it a name.</summary>
    Attributes CreateUnnamed(NodeId directory, in NewEntry entry);

    /// <summary>Gives an entry that is no directory one more name.</summary>
    Attributes Link(NodeId node, NodeId directory, ReadOnlySpan<byte> name);

    /// <summary>Removes a name of an entry that is no directory. The entry stays readable by its handle until it is forgotten.</summary>
    void Unlink(NodeId directory, ReadOnlySpan<byte> name);

    /// <summary>Removes an empty directory.</summary>
    void RemoveDirectory(NodeId directory, ReadOnlySpan<byte> name);

    /// <summary>Renames; two names of one entry are left as they are, as POSIX wants.</summary>
    void Rename(NodeId fromDirectory, ReadOnlySpan<byte> fromName, NodeId toDirectory, ReadOnlySpan<byte> toName, RenameMode mode);

    /// <summary>Changes attributes; a file's size too.</summary>
    Attributes SetAttributes(NodeId node, in AttributeChanges changes);

    /// <summary>Writes content of a file at a byte offset; all of it or, in an exception, nothing.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Where; what lies between the end and it becomes zeros.</param>
    /// <param name="content">What.</param>
    /// <param name="clearSetId">Whether set-id bits (and file capabilities) are cleared: the writer may not keep them.</param>
    void Write(NodeId file, long offset, ReadOnlySpan<byte> content, bool clearSetId);

    /// <summary>Reserves, clears or frees a range of a file.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.Unsupported"/> for a mode that the tree does not know.</exception>
    void Allocate(NodeId file, long offset, long length, AllocateMode mode);

    /// <summary>Where data or a hole next begins at or after an offset.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NoSuchRange"/> where there is none.</exception>
    long Seek(NodeId file, long offset, SeekTarget target);

    /// <summary>Copies content between files of this tree, sharing what is stored.</summary>
    /// <returns>Bytes copied: fewer than asked for at the source's end.</returns>
    long CopyRange(NodeId from, long fromOffset, NodeId to, long toOffset, long length);

    /// <summary>Sets an extended attribute by its full name.</summary>
    void SetXattr(NodeId node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrMode mode);

    /// <summary>Removes an extended attribute.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NoXattr"/>.</exception>
    void RemoveXattr(NodeId node, ReadOnlySpan<byte> name);

    /// <summary>Returns when everything changed so far is on the storage.</summary>
    void Sync();

    /// <summary>Nobody outside knows this handle any more: an entry without names ends here.</summary>
    void Forget(NodeId node);
}

/// <summary>What a new entry shall be. Its times are those of the tree's clock.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Permissions">0 to 0o7777.</param>
/// <param name="UserId">Who makes it.</param>
/// <param name="GroupId">Their group; a set-gid directory's group goes before.</param>
public readonly record struct NewEntry(EntryKind Kind, ushort Permissions, uint UserId, uint GroupId)
{
    /// <summary>Major device number; 0 unless a device.</summary>
    public uint DeviceMajor { get; init; }

    /// <summary>Minor device number; 0 unless a device.</summary>
    public uint DeviceMinor { get; init; }
}

/// <summary>Which attributes to change; null leaves one as it is.</summary>
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

    /// <summary>Last access.</summary>
    public Timestamp? Accessed { get; init; }

    /// <summary>Last change of the content.</summary>
    public Timestamp? Modified { get; init; }

    /// <summary>Last change of the attributes; null takes the tree's clock.</summary>
    public Timestamp? Changed { get; init; }

    /// <summary>Whether a new size or owner clears set-id bits and file capabilities.</summary>
    public bool ClearSetId { get; init; }
}

/// <summary>What to do with a range of a file.</summary>
public enum AllocateMode
{
    /// <summary>Reserve room for it; the file grows.</summary>
    Reserve,

    /// <summary>Reserve room for it; the file keeps its length.</summary>
    ReserveKeepingSize,

    /// <summary>Make a hole of it; the file keeps its length.</summary>
    PunchHole,

    /// <summary>Make it zeros; the file grows.</summary>
    Zero,

    /// <summary>Make it zeros; the file keeps its length.</summary>
    ZeroKeepingSize,

    /// <summary>Cut it out: what lies behind moves forward.</summary>
    Collapse,

    /// <summary>Insert a hole before it: what lies there and behind moves back.</summary>
    Insert,
}

/// <summary>What becomes of an entry that has the new name already.</summary>
public enum RenameMode
{
    /// <summary>It is replaced, if its kind allows it.</summary>
    Replace,

    /// <summary>The renaming fails.</summary>
    NoReplace,

    /// <summary>It gets the old name.</summary>
    Exchange,
}

/// <summary>What setting an extended attribute expects.</summary>
public enum XattrMode
{
    /// <summary>Nothing: it is made or replaced.</summary>
    Any,

    /// <summary>That there is none of that name.</summary>
    Create,

    /// <summary>That there is one of that name.</summary>
    Replace,
}

/// <summary>Room for changes where they are kept.</summary>
/// <param name="TotalBytes">Size of that file system.</param>
/// <param name="FreeBytes">Free for its owner.</param>
/// <param name="AvailableBytes">Free for this user.</param>
public readonly record struct FreeSpace(long TotalBytes, long FreeBytes, long AvailableBytes);
