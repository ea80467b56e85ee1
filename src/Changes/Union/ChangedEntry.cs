using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>An entry that is new or differs from the base's: everything known about it, including what it shares with the base.</summary>
internal sealed class ChangedEntry
{
    public const ushort SetUserId = 0x800;
    public const ushort SetGroupId = 0x400;
    private const ushort GroupExecute = 0x8;
    private const long NewDirectorySize = 4096;

    public required ulong Number { get; init; }

    /// <summary>The base's handle of the entry; 0 if it is new.</summary>
    public NodeId BaseNode { get; set; }

    public required EntryKind Kind { get; init; }

    public ushort Permissions { get; set; }

    public uint UserId { get; set; }

    public uint GroupId { get; set; }

    public bool OwnerWasSet { get; set; }

    public uint LinkCount { get; set; }

    public Timestamp Modified { get; set; }

    public Timestamp Accessed { get; set; }

    public Timestamp Changed { get; set; }

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    /// <summary>A symlink's target, if it differs from the base's.</summary>
    public byte[]? Target { get; set; }

    /// <summary>Whether it was created without a name and never had one: then it may be linked.</summary>
    public bool IsLinkable { get; set; }

    /// <summary>The number of a directory's parent.</summary>
    public ulong Parent { get; set; }

    /// <summary>A directory's names that differ from the base's; null if there are none.</summary>
    public DirectoryChanges? Names { get; set; }

    /// <summary>Whether <see cref="Content"/> is valid; otherwise the content is the base's.</summary>
    public bool HasContent { get; private set; }

    public Content? Content { get; private set; }

    /// <summary>All extended attributes; null if they are the base's.</summary>
    public Dictionary<byte[], byte[]>? Xattrs { get; set; }

    /// <summary>The size in the base: the length of a file or symlink target, or the size reported for a directory.</summary>
    public long BaseSize { get; init; } = NewDirectorySize;

    public bool IsNew => BaseNode == default;

    public bool IsDirectory => Kind == EntryKind.Directory;

    public long Size => Kind switch
    {
        EntryKind.File when HasContent => Content.LengthOf(Content),
        EntryKind.Symlink when Target is not null => Target.Length,
        EntryKind.File or EntryKind.Directory or EntryKind.Symlink => BaseSize,
        _ => 0,
    };

    /// <summary>The base's entry, unchanged so far.</summary>
    public static ChangedEntry OfBase(in Attributes attributes, ulong parent) => new()
    {
        Number = attributes.Inode,
        BaseNode = attributes.Node,
        Kind = attributes.Kind,
        Permissions = attributes.Permissions,
        UserId = attributes.UserId,
        GroupId = attributes.GroupId,
        OwnerWasSet = attributes.OwnerWasSet,
        LinkCount = attributes.LinkCount,
        Modified = attributes.Modified,
        Accessed = attributes.Accessed ?? attributes.Modified,
        Changed = attributes.Changed,
        DeviceMajor = attributes.DeviceMajor,
        DeviceMinor = attributes.DeviceMinor,
        BaseSize = attributes.Size,
        Parent = parent,
    };

    /// <summary>The entry, if it is a directory.</summary>
    public ChangedEntry DemandDirectory() => IsDirectory
        ? this
        : throw new TreeException(TreeFailure.NotADirectory, $"Inode {Number} is a {Kind}, not a directory.");

    /// <summary>The entry, if it is a file.</summary>
    public ChangedEntry DemandFile() => Kind == EntryKind.File
        ? this
        : throw new TreeException(IsDirectory ? TreeFailure.IsADirectory : TreeFailure.WrongKind, $"Inode {Number} is a {Kind}, not a file.");

    /// <summary>The entry's attributes for <c>stat</c>.</summary>
    public Attributes Describe(NodeId node) => new()
    {
        Node = node,
        Inode = Number,
        Kind = Kind,
        Permissions = Permissions,
        UserId = UserId,
        GroupId = GroupId,
        OwnerWasSet = OwnerWasSet,
        LinkCount = LinkCount,
        Size = Size,
        Modified = Modified,
        Accessed = Accessed,
        Changed = Changed,
        DeviceMajor = DeviceMajor,
        DeviceMinor = DeviceMinor,
        AllocatedBytes = HasContent ? Content.LengthOf(Content) - Content.ZerosOf(Content) : null,
    };

    /// <summary>A file's content, including content that is the base's.</summary>
    public Content? GetContent() => HasContent ? Content : Content.Of(new Extent(Number, 0, BaseSize));

    public void SetContent(Content? content) => (Content, HasContent) = (content, true);

    /// <summary>The content or the names changed.</summary>
    public void TouchContent(Timestamp time) => Modified = Changed = time;

    /// <summary>
    /// Clears set-id bits, as a write by an unprivileged user does. Set-gid without group execution means something else and stays.
    /// </summary>
    public void ClearSetIds()
    {
        if (!IsDirectory)
        {
            var cleared = (Permissions & GroupExecute) != 0 ? SetUserId | SetGroupId : SetUserId;
            Permissions = (ushort)(Permissions & ~cleared);
        }
    }

    /// <summary>Takes over values that no change records: they matter only while an open handle refers to the entry.</summary>
    public void TakeSessionFacts(ChangedEntry other)
    {
        OwnerWasSet = other.OwnerWasSet;
        IsLinkable = other.IsLinkable;
        Parent = other.Parent;
        Target ??= other.Target; // a symlink of the base to which a view gave another target
    }

    /// <summary>A copy that is independent of this one.</summary>
    public ChangedEntry Copy()
    {
        var copy = (ChangedEntry)MemberwiseClone();
        copy.Names = Names?.Copy();
        copy.Xattrs = Xattrs is null ? null : new(Xattrs, Xattrs.Comparer);
        return copy;
    }
}

/// <summary>Common combinations of fields.</summary>
internal static class ChangedFieldsSets
{
    public const ChangedFields Owner = ChangedFields.UserId | ChangedFields.GroupId;

    public const ChangedFields All = ChangedFields.Permissions | Owner | ChangedFields.Size | ChangedFields.Accessed | ChangedFields.Modified;
}
