using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// The differences from the base, by inode number. Only <see cref="ChangeApplier"/> changes it. Allows many readers or one writer at a time.
/// </summary>
internal sealed class UnionState
{
    private const long MaxSharedRuns = 1 << 17;
    private const long FreelyShared = 256 << 20;
    private const long MaxSharing = 4;

    private readonly Dictionary<ulong, ChangedEntry> _entries = [];
    private readonly HashSet<ulong> _gone = [];

    /// <param name="tree">The base.</param>
    /// <param name="next">The lowest inode number for new entries; numbers up to the base's highest are never assigned.</param>
    public UnionState(INumberedTree tree, ulong next)
    {
        Base = tree;
        RootNumber = tree.GetAttributes(NodeId.Root).Inode;
        Next = Math.Max(next, tree.HighestInode + 1);
    }

    private UnionState(UnionState other)
    {
        (Base, RootNumber, Next) = (other.Base, other.RootNumber, other.Next);
        (Stored, Runs, Added, XattrBytes) = (other.Stored, other.Runs, other.Added, other.XattrBytes);
        _entries = new(other._entries.Count);
        _gone = [.. other._gone];
        foreach (var (number, entry) in other._entries)
        {
            _entries.Add(number, entry.Copy());
        }
    }

    public INumberedTree Base { get; }

    public ulong RootNumber { get; }

    /// <summary>The number that the next new entry gets.</summary>
    public ulong Next { get; private set; }

    /// <summary>Bytes of the data file that files use; bytes shared by several files count several times.</summary>
    public long Stored { get; private set; }

    /// <summary>Number of entries beyond those of the base.</summary>
    public long Added { get; private set; }

    /// <summary>Total size in bytes of all changed extended attributes: names and values.</summary>
    public long XattrBytes { get; private set; }

    /// <summary>Number of runs in all changed files.</summary>
    public long Runs { get; private set; }

    public IReadOnlyDictionary<ulong, ChangedEntry> Entries => _entries;

    /// <summary>Removed entries of the base.</summary>
    public IReadOnlySet<ulong> Gone => _gone;

    public ulong NumberOf(NodeId node) => node == NodeId.Root ? RootNumber : node.Value - 1;

    public NodeId NodeOf(ulong number) => number == RootNumber ? NodeId.Root : new NodeId(number + 1);

    public ChangedEntry? Find(ulong number) => _entries.GetValueOrDefault(number);

    /// <summary>Whether anything differs from the base.</summary>
    public bool HasChanges => _entries.Count > 0 || _gone.Count > 0;

    /// <summary>Throws if an entry of the base was removed.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NotFound"/>.</exception>
    public void DemandNotGone(ulong number)
    {
        if (IsGone(number))
        {
            throw NotFound(number);
        }
    }

    /// <summary>The base's handle of an entry. Only the base is read, so no gate is needed.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NotFound"/>.</exception>
    public NodeId FindBaseNode(ulong number) =>
        number == RootNumber ? NodeId.Root : Base.TryFindInode(number, out var node) ? node : throw NotFound(number);

    /// <summary>The base's handle of an entry that was not removed.</summary>
    public bool TryGetBaseNode(ulong number, out NodeId node)
    {
        node = NodeId.Root;
        return number == RootNumber || (!IsGone(number) && Base.TryFindInode(number, out node));
    }

    /// <summary>The base's handle of an entry that was not removed.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NotFound"/>.</exception>
    public NodeId GetBaseNode(ulong number) =>
        TryGetBaseNode(number, out var node) ? node : throw NotFound(number);

    /// <summary>The attributes of a changed or unchanged entry.</summary>
    public Attributes Describe(ulong number) => Describe(number, NodeOf(number));

    /// <summary>The attributes of a changed or unchanged entry.</summary>
    public Attributes Describe(ulong number, NodeId node) =>
        _entries.TryGetValue(number, out var entry) ? entry.Describe(node) : Base.GetAttributes(GetBaseNode(number)) with { Node = node };

    /// <summary>A changed entry, or the base's. It belongs to the state only after <see cref="Keep"/>.</summary>
    public ChangedEntry Peek(ulong number)
    {
        if (_entries.TryGetValue(number, out var entry))
        {
            return entry;
        }

        DemandNotGone(number);
        return PeekBase(number);
    }

    /// <summary>The base's entry, unchanged so far. Only the base is read, so no gate is needed.</summary>
    public ChangedEntry PeekBase(ulong number)
    {
        var node = FindBaseNode(number);
        var attributes = Base.GetAttributes(node);
        if (attributes is { LinkCount: 0, Kind: EntryKind.Fifo })
        {
            throw new TreeException(TreeFailure.NotFound, $"Inode {number} only fills a gap.");
        }

        if (attributes.Inode != number)
        {
            throw new TreeException(TreeFailure.Corrupt, $"Inode {number} has the attributes of inode {attributes.Inode}.");
        }

        return ChangedEntry.OfBase(attributes, attributes.Kind == EntryKind.Directory ? Base.GetParentInode(node) : 0);
    }

    /// <summary>Finds a name in a directory that may have changed.</summary>
    public NameTarget Resolve(ChangedEntry directory, ReadOnlySpan<byte> name)
    {
        if (directory.Names is { } names && names.TryGet(name, out var change))
        {
            return new NameTarget(change.Inode, change.Kind, change.IsBaseName);
        }

        return !directory.IsNew && Base.TryLookup(directory.BaseNode, name, out var found)
            ? new NameTarget(found.Inode, found.Kind, IsBaseName: true)
            : default;
    }

    /// <summary>Whether a directory has no names; stops at the first.</summary>
    public bool IsEmpty(ChangedEntry directory)
    {
        if (directory.Names is { AddedCount: > 0 })
        {
            return false;
        }

        if (directory.IsNew)
        {
            return true;
        }

        var search = new SurvivorSearch(directory.Names);
        Base.ReadDirectory(directory.BaseNode, 0, search);
        return !search.Found;
    }

    /// <summary>The number of a directory's parent.</summary>
    public ulong ParentOf(ulong directory) =>
        _entries.TryGetValue(directory, out var entry) && entry.IsDirectory ? entry.Parent : Base.GetParentInode(GetBaseNode(directory));

    /// <summary>Adds an entry, unless the state has it already.</summary>
    public void Keep(ChangedEntry entry)
    {
        if (_entries.TryAdd(entry.Number, entry) && entry.IsNew)
        {
            Added++;
            Next = Math.Max(Next, entry.Number + 1);
        }
    }

    /// <summary>Sets a file's content.</summary>
    public void SetContent(ChangedEntry file, Content? content)
    {
        Stored += Content.StoredOf(content) - Content.StoredOf(file.Content);
        Runs += Content.RunsOf(content) - Content.RunsOf(file.Content);
        file.SetContent(content);
    }

    /// <summary>
    /// Whether a file may share content instead of copying it. Sharing itself is free, but rewriting the journal, and a commit, process every run
    /// and every byte. So the shared amount is limited in proportion to what was really written.
    /// </summary>
    /// <param name="content">The content to share.</param>
    /// <param name="written">Bytes in the data file.</param>
    public bool MayShare(Content? content, long written) =>
        Runs + Content.RunsOf(content) <= MaxSharedRuns && Stored + Content.StoredOf(content) <= FreelyShared + (MaxSharing * written);

    /// <summary>Sets an entry's extended attributes; null for those of the base.</summary>
    public void SetXattrs(ChangedEntry entry, Dictionary<byte[], byte[]>? xattrs, long bytesBefore)
    {
        entry.Xattrs = xattrs;
        XattrBytes += XattrView.BytesOf(xattrs) - bytesBefore;
    }

    /// <summary>Drops an entry without names.</summary>
    public void Drop(ChangedEntry entry)
    {
        SetContent(entry, null);
        SetXattrs(entry, null, XattrView.BytesOf(entry.Xattrs));
        _entries.Remove(entry.Number);
        Added--;
        if (!entry.IsNew)
        {
            _gone.Add(entry.Number);
        }
    }

    /// <summary>Drops all entries without names, which an earlier session left.</summary>
    public void DropNameless()
    {
        foreach (var entry in _entries.Values.Where(entry => entry.LinkCount == 0).ToList())
        {
            Drop(entry);
        }
    }

    /// <summary>A copy that is independent of this one.</summary>
    public UnionState Copy() => new(this);

    private static TreeException NotFound(ulong number) => new(TreeFailure.NotFound, $"There is no inode {number}.");

    private bool IsGone(ulong number) => _gone.Count > 0 && _gone.Contains(number);
}
