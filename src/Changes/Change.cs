using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>
/// One change to a tree, as it is journalled, applied and replayed. Entries are named by their stable inode numbers, never by handles.
/// <see cref="ChangeKind"/> says which members have a meaning. This is a view: names and values are valid only as long as the memory they point to.
/// </summary>
public readonly ref struct Change
{
    /// <summary>The kind of change.</summary>
    public ChangeKind Kind { get; init; }

    /// <summary>The time of the change: the new value of every timestamp that POSIX updates.</summary>
    public Timestamp Time { get; init; }

    /// <summary>The entry's inode number.</summary>
    public ulong Node { get; init; }

    /// <summary>Another entry's inode number.</summary>
    public ulong Node2 { get; init; }

    /// <summary>A directory's inode number.</summary>
    public ulong Directory { get; init; }

    /// <summary>The other directory's inode number.</summary>
    public ulong Directory2 { get; init; }

    /// <summary>A name in <see cref="Directory"/>, or of an extended attribute.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>A name in <see cref="Directory2"/>.</summary>
    public ReadOnlySpan<byte> Name2 { get; init; }

    /// <summary>A symlink's target or an extended attribute's value.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>The kind of a new entry.</summary>
    public EntryKind EntryKind { get; init; }

    /// <summary>Which attributes are set.</summary>
    public ChangedFields Fields { get; init; }

    /// <summary>Whether set-id bits and file capabilities are cleared as well.</summary>
    public bool ClearSetId { get; init; }

    /// <summary>Permission bits: 0 to 0o7777.</summary>
    public ushort Permissions { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Major number of a device.</summary>
    public uint DeviceMajor { get; init; }

    /// <summary>Minor number of a device.</summary>
    public uint DeviceMinor { get; init; }

    /// <summary>A file's new length.</summary>
    public long Size { get; init; }

    /// <summary>Time of last access.</summary>
    public Timestamp Accessed { get; init; }

    /// <summary>Time of the last change to the content.</summary>
    public Timestamp Modified { get; init; }

    /// <summary>A byte offset in <see cref="Node"/>.</summary>
    public long Offset { get; init; }

    /// <summary>A byte offset in <see cref="Node2"/>.</summary>
    public long Offset2 { get; init; }

    /// <summary>Bytes.</summary>
    public long Length { get; init; }

    /// <summary>A byte offset in the data file, where the content is.</summary>
    public long DataOffset { get; init; }

    /// <summary>CRC32C of the content.</summary>
    public uint DataChecksum { get; init; }
}

/// <summary>The attributes that a <see cref="ChangeKind.SetAttributes"/> sets. The bits are stored on disk.</summary>
[Flags]
public enum ChangedFields : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Permission bits.</summary>
    Permissions = 1,

    /// <summary>Owner.</summary>
    UserId = 2,

    /// <summary>Group.</summary>
    GroupId = 4,

    /// <summary>Length of a file.</summary>
    Size = 8,

    /// <summary>Time of last access.</summary>
    Accessed = 16,

    /// <summary>Time of the last change to the content.</summary>
    Modified = 32,
}

/// <summary>Summary of the changes kept beside an image.</summary>
/// <param name="Changes">Number of changes.</param>
/// <param name="JournalBytes">Size of their records in bytes.</param>
/// <param name="DataBytes">Size of their content in bytes.</param>
/// <param name="LastChange">When the last change was made; null if there are none.</param>
public readonly record struct ChangeSummary(long Changes, long JournalBytes, long DataBytes, Timestamp? LastChange);
