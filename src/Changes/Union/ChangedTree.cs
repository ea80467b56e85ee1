using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// A tree with the changes that are kept beside it. Handles are inode numbers plus 1 (the root's is 1), so that they mean the same after a remount.
/// What was not changed is read as fast as from the tree itself; readers never wait for each other. Changes are made one at a time: checked, appended
/// to the log, then applied, by the same code that replays them.
/// </summary>
public sealed partial class ChangedTree : IWritableTree, ILayeredTree
{
    private readonly ReaderGate _gate = new();
    private readonly Lock _writer = new();
    private readonly IChangeStore _store;
    private readonly TimeProvider _time;
    private readonly SyncSchedule _schedule;
    private readonly Reclaiming _reclaiming = new();
    private UnionState _state;
    private ChangePlan _plan;
    private Source _source;
    private IChangeLog? _log;
    private uint _epoch;
    private bool _disposed;
    private bool _isSnapshot;

    private ChangedTree(UnionState state, IChangeStore store, TimeProvider time)
    {
        (_state, _store, _time) = (state, store, time);
        _plan = new ChangePlan(state);
        _source = new Source(state.Base, store, log: null);
        _schedule = new SyncSchedule(time, Maintain);
    }

    /// <inheritdoc/>
    public TreeTotals Totals
    {
        get
        {
            var slot = _gate.EnterRead();
            try
            {
                var totals = _state.Base.Totals;
                return totals with { Entries = totals.Entries + _state.Added, StoredBytes = totals.StoredBytes + _state.Stored };
            }
            finally
            {
                _gate.ExitRead(slot);
            }
        }
    }

    /// <inheritdoc/>
    public bool MayHaveXattrs => true;

    /// <inheritdoc/>
    public FreeSpace FreeSpace
    {
        get
        {
            lock (_writer)
            {
                return _log?.FreeSpace ?? _store.FreeSpace;
            }
        }
    }

    /// <summary>Whether anything differs from the base.</summary>
    public bool HasChanges
    {
        get
        {
            var slot = _gate.EnterRead();
            var count = _state.Entries.Count + _state.Gone.Count;
            _gate.ExitRead(slot);
            return count > 0;
        }
    }

    /// <summary>What differs from the base; nobody changes it meanwhile.</summary>
    internal UnionState State => _state;

    /// <summary>Where the changes came from.</summary>
    internal IChangeStore Store => _store;

    /// <summary>Puts the stored changes onto a tree.</summary>
    /// <param name="tree">The tree as it was sealed; it belongs to the union from now on, as the store does.</param>
    /// <param name="store">Where its changes are.</param>
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

    /// <summary>Ends the log, the store and the base. What was not synced is in the kernel's hands, not on the storage.</summary>
    public void Dispose()
    {
        lock (_syncing)
        lock (_writer)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _schedule.Dispose();
            _log?.Dispose();
            _store.Dispose();
            _source.Retire(_isSnapshot ? null : _state.Base);
        }
    }

    private Timestamp Now() => Timestamp.Now(_time);

    /// <summary>The log, which is begun with the first change.</summary>
    private IChangeLog Log()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_log is null)
        {
            _log = _store.BeginWriting(_state.Next);
            var source = new Source(_state.Base, _store, _log);
            Replace(_state, source).RetireFor(source, ends: null);
        }

        return _log;
    }

    /// <summary>Puts another state and source in the place of these.</summary>
    /// <param name="state">The state.</param>
    /// <param name="source">Where its content is.</param>
    /// <param name="isOtherBase">Whether the base is another one: then cookies of listings mean something
    /// else, and that must be seen together with it.</param>
    /// <returns>The source until now, to be retired.</returns>
    private Source Replace(UnionState state, Source source, bool isOtherBase = false)
    {
        var old = _source;
        _gate.EnterWrite();
        if (_state != state)
        {
            _state = state;
            _plan = new ChangePlan(state);
        }

        _source = source;
        _epoch = isOtherBase ? (_epoch + 1) % DirectoryView.Epochs : _epoch;
        _gate.ExitWrite();
        return old;
    }

    /// <summary>Makes a change that was not checked yet. To be called by the one writer.</summary>
    private void Perform(in Change change)
    {
        _plan.Prepare(change);
        Commit(change);
    }

    /// <summary>Logs and applies a change that was prepared.</summary>
    private void Commit(in Change change)
    {
        var log = Log();
        try
        {
            log.Append(change);
        }
        catch (TreeException failure) when (IsNoRoom(failure))
        {
            _reclaiming.IsFull = true;
            throw;
        }

        _gate.EnterWrite();
        try
        {
            _plan.Apply(change);
        }
        finally
        {
            _gate.ExitWrite();
        }

        _commit?.Keep(change);
        _schedule.Changed(log.UnsyncedBytes);
        ReclaimSoon(log);
    }
}
