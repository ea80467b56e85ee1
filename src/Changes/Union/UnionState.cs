using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// What differs from the base, by inode number. It changes by <see cref="ChangeApplier"/> only. For many readers or one writer at a time.
/// </summary>
internal sealed class UnionState
{
    private const long MaxSharedRuns = 1 << 17;
    private const long FreelyShared = 256 << 20;
    private const long MaxSharing = 4;

    private readonly Dictionary<ulong, ChangedEntry> _entries = [];
    private readonly HashSet<ulong> _gone = [];

    /// <param name="tree">The base.</param>
    /// <param name="next">The first number that a new entry may get; those up to the base's highest are not given.</param>
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

    /// <summary>Bytes of the data file that files have; those that several share are counted several times.</summary>
    public long Stored { get; private set; }

    /// <summary>Entries more than the base has.</summary>
    public long Added { get; private set; }

    /// <summary>Bytes of all changed extended attributes: names and values.</summary>
    public long XattrBytes { get; private set; }

    /// <summary>Runs of all changed files.</summary>
    public long Runs { get; private set; }

    public IReadOnlyDictionary<ulong, ChangedEntry> Entries => _entries;

    /// <summary>Entries of the base that are no more.</summary>
    public IReadOnlySet<ulong> Gone => _gone;

    public ulong NumberOf(NodeId node) => node == NodeId.Root ? RootNumber : node.Value - 1;

    public NodeId NodeOf(ulong number) => number == RootNumber ? NodeId.Root : new NodeId(number + 1);

    public ChangedEntry? Find(ulong number) => _entries.GetValueOrDefault(number);

    /// <summary>Whether anything differs from the base.</summary>
    public bool HasChanges => _entries.Count > 0 || _gone.Count > 0;

    /// <summary>Throws for an entry of the base that is no more.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NotFound"/>.</exception>
    public void DemandNotGone(ulong number)
    {
        if (IsGone(number))
        {
            throw NotFound(number);
        }
    }

    /// <summary>The base's handle of an entry. It looks at the base only, so that it needs no gate.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NotFound"/>.</exception>
    public NodeId FindBaseNode(ulong number) =>
        number == RootNumber ? NodeId.Root : Base.TryFindInode(number, out var node) ? node : throw NotFound(number);

    /// <summary>The base's handle of an entry that did not go.</summary>
    public bool TryGetBaseNode(ulong number, out NodeId node)
    {
        node = NodeId.Root;
        return number == RootNumber || (!IsGone(number) && Base.TryFindInode(number, out node));
    }

    /// <summary>The base's handle of an entry that did not go.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NotFound"/>.</exception>
    public NodeId GetBaseNode(ulong number) =>
        TryGetBaseNode(number, out var node) ? node : throw NotFound(number);

    /// <summary>The attributes of an entry, changed or not.</summary>
    public Attributes Describe(ulong number) => Describe(number, NodeOf(number));

    /// <summary>The attributes of an entry, changed or not.</summary>
    public Attributes Describe(ulong number, NodeId node) =>
        _entries.TryGetValue(number, out var entry) ? entry.Describe(node) : Base.GetAttributes(GetBaseNode(number)) with { Node = node };

    /// <summary>An entry, whether it has changed already or is the base's; it belongs to the state only after <see cref="Keep"/>.</summary>
    public ChangedEntry Peek(ulong number)
    {
        if (_entries.TryGetValue(number, out var entry))
        {
            return entry;
        }

        DemandNotGone(number);
        return PeekBase(number);
    }

    /// <summary>The base's entry as it is, to be changed. It looks at the base only, so that it needs no gate.</summary>
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
            throw new TreeException(TreeFailure.Corrupt, $"Inode {number} says it is {attributes.Inode}.");
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

    /// <summary>Takes an entry in; one that is in stays.</summary>
    public void Keep(ChangedEntry entry)
    {
        if (_entries.TryAdd(entry.Number, entry) && entry.IsNew)
        {
            Added++;
            Next = Math.Max(Next, entry.Number + 1);
        }
    }

    /// <summary>Gives a file other content.</summary>
    public void SetContent(ChangedEntry file, Content? content)
    {
        Stored += Content.StoredOf(content) - Content.StoredOf(file.Content);
        Runs += Content.RunsOf(content) - Content.RunsOf(file.Content);
        file.SetContent(content);
    }

    /// <summary>
    /// Whether a file may share content, rather than get a copy of it. Sharing costs nothing when it is done, but writing the journal anew, and a
    /// commit, go through every run and every byte: so there is a limit to how much more that is than what was really written.
    /// </summary>
    /// <param name="content">What would be shared.</param>
    /// <param name="written">Bytes of the data file.</param>
    public bool MayShare(Content? content, long written) =>
        Runs + Content.RunsOf(content) <= MaxSharedRuns && Stored + Content.StoredOf(content) <= FreelyShared + (MaxSharing * written);

    /// <summary>Gives an entry other extended attributes; null for those of the base.</summary>
    public void SetXattrs(ChangedEntry entry, Dictionary<byte[], byte[]>? xattrs, long bytesBefore)
    {
        entry.Xattrs = xattrs;
        XattrBytes += XattrView.BytesOf(xattrs) - bytesBefore;
    }

    /// <summary>Drops an entry that has no names any more.</summary>
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

    /// <summary>Drops everything that has no names: what an earlier session left when it ended.</summary>
    public void DropNameless()
    {
        foreach (var entry in _entries.Values.Where(entry => entry.LinkCount == 0).ToList())
        {
            Drop(entry);
        }
    }

    /// <summary>A copy that does not change with this one.</summary>
    public UnionState Copy() => new(this);

    private static TreeException NotFound(ulong number) => new(TreeFailure.NotFound, $"There is no inode {number}.");

    private bool IsGone(ulong number) => _gone.Count > 0 && _gone.Contains(number);
}
