using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>A tree with the changes kept beside it. Handles are inode numbers plus 1 (the root's is 1), so they stay valid after a remount.</summary>
/// <remarks>
/// Four parts share a <see cref="CurrentVersion"/>: <see cref="TreeReader"/> reads it, <see cref="ChangeWriter"/> (with the three mutators) changes
/// it, <see cref="TreeCommits"/> folds changes into the image, <see cref="TreeMaintenance"/> syncs the log and reclaims room.
/// </remarks>
public sealed class ChangedTree : IWritableTree, ILayeredTree
{
    private readonly CurrentVersion _current;
    private readonly TreeReader _reader;
    private readonly ChangeWriter _writer;
    private readonly TreeMaintenance _maintenance;
    private readonly TreeCommits _commits;
    private readonly NameMutator _names;
    private readonly ContentMutator _content;
    private readonly AttributeMutator _attributes;

    private ChangedTree(UnionState state, IChangeStore store, TimeProvider time, bool isSnapshot = false)
    {
        _current = new CurrentVersion(new TreeVersion(state, new Source(state.Base, store, log: null), Epoch: 0));
        Store = store;
        _reader = new TreeReader(_current);
        _writer = new ChangeWriter(_current, store, time, () => _maintenance!.Run(), isSnapshot);
        _maintenance = new TreeMaintenance(_writer);
        _commits = new TreeCommits(_writer, (sealedState, log) => new ChangedTree(sealedState, new FrozenStore(log), time, isSnapshot: true));
        _names = new NameMutator(_writer);
        _content = new ContentMutator(_writer, _maintenance);
        _attributes = new AttributeMutator(_writer, _reader);
    }

    /// <inheritdoc/>
    public TreeTotals Totals => _reader.Totals;

    /// <inheritdoc/>
    public bool MayHaveXattrs => true;

    /// <inheritdoc/>
    public FreeSpace FreeSpace => _writer.FreeSpace;

    /// <inheritdoc/>
    public INumberedTree Base => State.Base;

    /// <inheritdoc/>
    public ulong HighestInode => State.Next - 1;

    /// <inheritdoc/>
    public IReadOnlyCollection<ulong> ChangedInodes => _reader.ChangedInodes;

    /// <summary>Whether anything differs from the base.</summary>
    public bool HasChanges => _reader.HasChanges;

    /// <summary>Why dead content could not be freed at the last attempt; null if it could. Only space is lost.</summary>
    public TreeException? ReclaimFailure => _maintenance.ReclaimFailure;

    /// <summary>The differences from the base, which must not change while they are read.</summary>
    internal UnionState State => _current.Now.State;

    /// <summary>Where the changes came from.</summary>
    internal IChangeStore Store { get; }

    /// <summary>Applies the stored changes to a tree.</summary>
    /// <param name="tree">The tree as it was sealed. The union takes ownership of it and of the store.</param>
    /// <param name="store">The store of its changes.</param>
    /// <param name="time">The clock that new times come from.</param>
    /// <exception cref="ChangeReplayException">A stored change does not fit the tree.</exception>
    /// <exception cref="TreeException">The stored changes cannot be read.</exception>
    public static ChangedTree Open(INumberedTree tree, IChangeStore store, TimeProvider time)
    {
        var state = new UnionState(tree, store.NextInode);
        store.Replay(new Replay(state));
        state.DropNameless();
        return new ChangedTree(state, store, time);
    }

    /// <summary>
    /// Begins a commit: syncs all changes, and returns a snapshot of them to write into the image. The tree can be changed meanwhile.
    /// </summary>
    /// <param name="isLast">Whether the tree is no longer used (it is unmounted): then the journal ends with the commit.</param>
    /// <exception cref="TreeException">As for any change: another process writes, or the storage failed.</exception>
    /// <exception cref="InvalidOperationException">A commit is in progress.</exception>
    public PendingCommit BeginCommit(bool isLast) => _commits.Begin(isLast);

    /// <summary>
    /// Makes this tree show what a view of it shows, as if every difference had been changed by hand, but atomically. Nothing may be served yet.
    /// </summary>
    /// <param name="view">A view of this tree.</param>
    /// <exception cref="TreeException">As for any change: another process writes, or the storage failed. Nothing has changed then.</exception>
    public void Adopt(IViewTree view)
    {
        ArgumentNullException.ThrowIfNull(view);
        lock (_writer.Syncing)
        lock (_writer.Gate)
        {
            _writer.AdoptOver(view);
        }
    }

    /// <summary>Runs a short action, during which other threads cannot change the tree.</summary>
    public void Exclusively(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_writer.Syncing)
        lock (_writer.Gate)
        {
            action();
        }
    }

    /// <summary>Returns the tree as <see cref="Adopt"/> would change it; neither this tree nor its stored changes are modified.</summary>
    /// <param name="view">A view of this tree.</param>
    /// <exception cref="TreeException">As for any change: others write, or the storage failed.</exception>
    public PreparedAdoption Prepare(IViewTree view)
    {
        ArgumentNullException.ThrowIfNull(view);
        lock (_writer.Syncing)
        lock (_writer.Gate)
        {
            var (log, state) = _writer.PrepareOver(view);
            return new PreparedAdoption(new ChangedTree(state, new FrozenStore(log.Log), TimeProvider.System, isSnapshot: true), log);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredRange> StoredReads
    {
        get
        {
            using var look = _current.Look();
            return look.State.Base.StoredReads;
        }
    }

    /// <inheritdoc/>
    public bool HasFirstUses
    {
        get
        {
            using var look = _current.Look();
            return look.State.Base.HasFirstUses;
        }
    }

    /// <inheritdoc/>
    public void Trim()
    {
        using var look = _current.Look();
        look.State.Base.Trim();
    }

    /// <inheritdoc/>
    public Attributes GetAttributes(NodeId node) => _reader.GetAttributes(node);

    /// <inheritdoc/>
    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes) => _reader.TryLookup(directory, name, out attributes);

    /// <inheritdoc/>
    public ulong GetParentInode(NodeId directory) => _reader.GetParentInode(directory);

    /// <inheritdoc/>
    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) => _reader.ReadDirectory(directory, after, sink);

    /// <inheritdoc/>
    public int Read(NodeId file, long offset, Span<byte> destination) => _reader.Read(file, offset, destination);

    /// <inheritdoc/>
    public long Seek(NodeId file, long offset, SeekTarget target) => _reader.Seek(file, offset, target);

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination) => _reader.ReadLink(symlink, destination);

    /// <inheritdoc/>
    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) =>
        _reader.TryGetXattr(node, name, destination, out length);

    /// <inheritdoc/>
    public int ListXattrs(NodeId node, Span<byte> destination) => _reader.ListXattrs(node, destination);

    /// <inheritdoc/>
    public bool TryFindInode(ulong number, out NodeId node) => _reader.TryFindInode(number, out node);

    /// <inheritdoc/>
    public bool IsUnchanged(NodeId node) => _reader.IsUnchanged(node);

    /// <inheritdoc/>
    public IReadOnlyList<ContentPiece> GetContent(NodeId file) => _reader.GetContent(file);

    /// <inheritdoc/>
    public Attributes Create(NodeId directory, ReadOnlySpan<byte> name, in NewEntry entry) => _names.Create(directory, name, entry);

    /// <inheritdoc/>
    public Attributes CreateSymlink(NodeId directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, in NewEntry entry) =>
        _names.CreateSymlink(directory, name, target, entry);

    /// <inheritdoc/>
    public Attributes CreateUnnamed(NodeId directory, in NewEntry entry) => _names.CreateUnnamed(directory, entry);

    /// <inheritdoc/>
    public Attributes Link(NodeId node, NodeId directory, ReadOnlySpan<byte> name) => _names.Link(node, directory, name);

    /// <inheritdoc/>
    public void Unlink(NodeId directory, ReadOnlySpan<byte> name) => _names.Unlink(directory, name);

    /// <inheritdoc/>
    public void RemoveDirectory(NodeId directory, ReadOnlySpan<byte> name) => _names.RemoveDirectory(directory, name);

    /// <inheritdoc/>
    public void Rename(NodeId fromDirectory, ReadOnlySpan<byte> fromName, NodeId toDirectory, ReadOnlySpan<byte> toName, RenameMode mode) =>
        _names.Rename(fromDirectory, fromName, toDirectory, toName, mode);

    /// <inheritdoc/>
    public void Forget(NodeId node) => _names.Forget(node);

    /// <inheritdoc/>
    public Attributes SetAttributes(NodeId node, in AttributeChanges changes) => _attributes.SetAttributes(node, changes);

    /// <inheritdoc/>
    public void SetXattr(NodeId node, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrMode mode) =>
        _attributes.SetXattr(node, name, value, mode);

    /// <inheritdoc/>
    public void RemoveXattr(NodeId node, ReadOnlySpan<byte> name) => _attributes.RemoveXattr(node, name);

    /// <inheritdoc/>
    public void Write(NodeId file, long offset, ReadOnlySpan<byte> content, bool clearSetId) => _content.Write(file, offset, content, clearSetId);

    /// <inheritdoc/>
    public void Allocate(NodeId file, long offset, long length, AllocateMode mode) => _content.Allocate(file, offset, length, mode);

    /// <inheritdoc/>
    public long CopyRange(NodeId from, long fromOffset, NodeId to, long toOffset, long length) =>
        _content.CopyRange(from, fromOffset, to, toOffset, length);

    /// <inheritdoc/>
    public void Sync() => _maintenance.Sync();

    /// <summary>Closes the log, the store and the base. Changes that were not synced are in the page cache, not on the storage.</summary>
    public void Dispose() => _writer.Dispose();

    /// <summary>Rewrites the log from the whole state, whether it pays off or not.</summary>
    internal void Rewrite() => _maintenance.Rewrite();
}
