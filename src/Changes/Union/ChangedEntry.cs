using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>An entry that is new or differs from the base's: everything that is known of it, and what it still has of the base's.</summary>
internal sealed class ChangedEntry
{
    public const ushort SetUserId = 0x800;
    public const ushort SetGroupId = 0x400;
    private const ushort GroupExecute = 0x8;
    private const long NewDirectorySize = 4096;

    public required ulong Number { get; init; }

    /// <summary>The base's handle of it; 0 if it is new.</summary>
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

    /// <summary>A symlink's target, where it is not the base's.</summary>
    public byte[]? Target { get; set; }

    /// <summary>Whether it was made without a name and never had one: it may get one though it has none.</summary>
    public bool IsLinkable { get; set; }

    /// <summary>Of a directory: its parent's number.</summary>
    public ulong Parent { get; set; }

    /// <summary>Of a directory: names that differ from the base's; null if none does.</summary>
    public DirectoryChanges? Names { get; set; }

    /// <summary>Whether <see cref="Content"/> holds; else the content is the base's.</summary>
    public bool HasContent { get; private set; }

    public Content? Content { get; private set; }

    /// <summary>All extended attributes; null if they are the base's.</summary>
    public Dictionary<byte[], byte[]>? Xattrs { get; set; }

    /// <summary>Of what the base has: length of a file or target, a directory's figure.</summary>
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

    /// <summary>The base's entry as it is, to be changed.</summary>
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

    /// <summary>What <c>stat</c> tells.</summary>
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

    /// <summary>A file's content, also where it is the base's.</summary>
    public Content? GetContent() => HasContent ? Content : Content.Of(new Extent(Number, 0, BaseSize));

    public void SetContent(Content? content) => (Content, HasContent) = (content, true);

    /// <summary>The content or the names changed.</summary>
    public void TouchContent(Timestamp time) => Modified = Changed = time;

    /// <summary>
    /// Set-id bits go, as when somebody without the right to keep them writes; set-gid without group execution means something else.
    /// </summary>
    public void ClearSetIds()
    {
        if (!IsDirectory)
        {
            var cleared = (Permissions & GroupExecute) != 0 ? SetUserId | SetGroupId : SetUserId;
            Permissions = (ushort)(Permissions & ~cleared);
        }
    }

    /// <summary>Takes over what no change says: it matters only as long as somebody knows the entry's handle.</summary>
    public void TakeSessionFacts(ChangedEntry other)
    {
        OwnerWasSet = other.OwnerWasSet;
        IsLinkable = other.IsLinkable;
        Parent = other.Parent;
        Target ??= other.Target; // a symlink of the base that a view showed with another target
    }

    /// <summary>A copy that does not change with this one.</summary>
    public ChangedEntry Copy()
    {
        var copy = (ChangedEntry)MemberwiseClone();
        copy.Names = Names?.Copy();
        copy.Xattrs = Xattrs is null ? null : new(Xattrs, Xattrs.Comparer);
        return copy;
    }
}

/// <summary>Fields in common groups.</summary>
internal static class ChangedFieldsSets
{
    public const ChangedFields Owner = ChangedFields.UserId | ChangedFields.GroupId;

    public const ChangedFields All = ChangedFields.Permissions | Owner | ChangedFields.Size | ChangedFields.Accessed | ChangedFields.Modified;
}
