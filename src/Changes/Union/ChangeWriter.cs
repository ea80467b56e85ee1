using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// The one writer of a tree. Changes are made one at a time: checked, appended to the log, then applied, by the same code that replays them. It owns
/// the log. Lock order: <see cref="Syncing"/>, then <see cref="Gate"/>, then the reader gate.
/// </summary>
internal sealed class ChangeWriter : IDisposable
{
    private readonly IChangeStore _store;
    private readonly TimeProvider _time;
    private readonly bool _isSnapshot;

    /// <param name="current">The tree to change.</param>
    /// <param name="store">Where changes are kept; owned by this object.</param>
    /// <param name="time">The clock.</param>
    /// <param name="maintain">Syncs and reclaims in the background.</param>
    /// <param name="isSnapshot">Whether the base belongs to another tree.</param>
    public ChangeWriter(CurrentVersion current, IChangeStore store, TimeProvider time, Action maintain, bool isSnapshot)
    {
        (Current, _store, _time, _isSnapshot) = (current, store, time, isSnapshot);
        Schedule = new SyncSchedule(time, maintain);
    }

    /// <summary>
    /// Held while a change is made, including reads of the base and appends to the log: the tree must not change after the check, and records are in
    /// the order of the changes. Readers do not wait for it.
    /// </summary>
    public Lock Gate { get; } = new();

    /// <summary>
    /// Held while the log is synced, sealed or replaced, which waits for the storage. Changes continue meanwhile, except while <see cref="Gate"/> is
    /// held too.
    /// </summary>
    public Lock Syncing { get; } = new();

    public CurrentVersion Current { get; }

    public UnionState State => Current.Now.State;

    public Source Source => Current.Now.Source;

    /// <summary>The log; null until the first change.</summary>
    public IChangeLog? Begun { get; private set; }

    public SyncSchedule Schedule { get; }

    public Reclaiming Reclaiming { get; } = new();

    /// <summary>The commit in progress.</summary>
    public PendingCommit? Pending { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Whether a failure means that there is no space.</summary>
    public static bool IsNoRoom(TreeException failure) => failure.Failure is TreeFailure.NoSpace or TreeFailure.QuotaExceeded;

    public Timestamp Now() => Timestamp.Now(_time);

    /// <summary>Free space where changes are kept.</summary>
    public FreeSpace FreeSpace
    {
        get
        {
            SourceLease lease;
            using (var look = Current.Look())
            {
                lease = look.Hold();
            }

            using (lease)
            {
                return lease.Source.Log?.FreeSpace ?? _store.FreeSpace;
            }
        }
    }

    /// <summary>The log; the first change begins it.</summary>
    public IChangeLog Log()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Begun is null)
        {
            Begun = _store.BeginWriting(State.Next);
            ReplaceSource();
        }

        if (State.Base is IViewTree view)
        {
            Adopt(view, Begun);
        }

        return Begun;
    }

    /// <summary>Syncs everything so far. Changes continue while the storage works.</summary>
    /// <param name="log">The log; null if nothing was changed.</param>
    public void Sync(IChangeLog? log)
    {
        // Both know what is synced already. A log whose sync failed reports it again, so that a repeated sync does not appear to succeed.
        if (log is null)
        {
            _store.Sync();
        }
        else
        {
            log.Sync();
        }
    }

    /// <summary>Checks a change without applying it.</summary>
    /// <exception cref="TreeException">The change is not possible.</exception>
    public ChangePlan Prepare(in Change change)
    {
        var plan = new ChangePlanner(State).Prepare(change);
        if (State.Base is not IViewTree)
        {
            return plan;
        }

        // Begin the log only for a change that is possible, and plan it again on the state that is then current.
        Log();
        return new ChangePlanner(State).Prepare(change);
    }

    /// <summary>Makes a change that has not been checked yet.</summary>
    public void Perform(in Change change) => Commit(Prepare(change), change);

    /// <summary>Logs and applies a change that was prepared.</summary>
    public void Commit(ChangePlan plan, in Change change)
    {
        var log = Log();
        try
        {
            log.Append(change);
        }
        catch (TreeException failure) when (IsNoRoom(failure))
        {
            Reclaiming.IsFull = true;
            throw;
        }

        Current.Gate.EnterWrite();
        try
        {
            ChangeApplier.Apply(State, plan, change);
        }
        finally
        {
            Current.Gate.ExitWrite();
        }

        Pending?.Keep(change);
        Schedule.Changed(log.UnsyncedBytes);
        ReclaimSoon();
    }

    /// <summary>Drops an entry without names when it is no longer used. Nothing is logged: replay drops entries without names at its end.</summary>
    public void Forget(ChangedEntry entry)
    {
        Current.Gate.EnterWrite();
        State.Drop(entry);
        Current.Gate.ExitWrite();
        ReclaimSoon();
    }

    /// <summary>Switches to another log, which holds the same content of the tree.</summary>
    /// <param name="state">The state of that log.</param>
    /// <param name="log">The new log.</param>
    public void TakeLog(UnionState state, IChangeLog log)
    {
        var former = Begun;
        Begun = log;
        var source = new Source(state.Base, _store, log);
        Current.Replace(Current.Now with { State = state, Source = source }).RetireFor(source, former);
    }

    /// <summary>Replaces the source of all content.</summary>
    /// <returns>The former source, retired.</returns>
    public Source ReplaceSource()
    {
        var source = new Source(State.Base, _store, Begun);
        var old = Current.Replace(Current.Now with { Source = source });
        old.RetireFor(source, ends: null);
        return old;
    }

    /// <summary>Switches to another base. State, content and the cookies of listings change together.</summary>
    /// <param name="state">The state on the new base.</param>
    public void TakeBase(UnionState state)
    {
        var former = State.Base;
        var epoch = (Current.Now.Epoch + 1) % DirectoryView.Epochs;
        var old = Current.Replace(new TreeVersion(state, new Source(state.Base, _store, Begun), epoch));
        old.Retire(former);
        old.WaitUntilUnused();
    }

    /// <summary>Closes the log, the store and the base. Changes that were not synced are in the page cache, not on the storage.</summary>
    public void Dispose()
    {
        lock (Syncing)
        lock (Gate)
        {
            if (IsDisposed)
            {
                return;
            }

            IsDisposed = true;
            Schedule.Dispose();
            Begun?.Dispose();
            _store.Dispose();
            Source.Retire(_isSnapshot ? null : State.Base);
        }
    }

    /// <summary>
    /// The first change on a view: its differences become changes of the tree below, atomically. <see cref="Gate"/> is enough here: the log that is
    /// replaced was begun for this change and holds no record, so a concurrent sync has nothing to do and touches no file.
    /// </summary>
    private void Adopt(IViewTree view, IChangeLog log)
    {
        using var replacement = log.BeginReplacement(State.Next);
        var emitter = new ChangeEmitter(new UnionState(view.Below, State.Next), replacement.Log);
        ViewAdoption.Write(view, emitter, State.Next - ViewAdoption.NewEntries(view));
        TakeReplacement(replacement, emitter.State);
    }

    /// <summary>
    /// Makes this tree show what a view of it shows: its changes are rewritten, including the view's differences. The caller holds both locks, and
    /// nothing is served yet.
    /// </summary>
    public void AdoptOver(IViewTree view)
    {
        using var replacement = Log().BeginReplacement(State.Next);
        TakeReplacement(replacement, WriteOver(view, replacement.Log));
    }

    /// <summary>Writes what a view of this tree shows to a new log, which does not replace the current one. The caller holds both locks.</summary>
    public (IReplacementLog Log, UnionState State) PrepareOver(IViewTree view)
    {
        var replacement = Log().BeginReplacement(State.Next);
        try
        {
            return (replacement, WriteOver(view, replacement.Log));
        }
        catch
        {
            replacement.Dispose();
            throw;
        }
    }

    private UnionState WriteOver(IViewTree view, IChangeLog log)
    {
        var emitter = new ChangeEmitter(new UnionState(State.Base, State.Next), log);
        new StateWriter(State, Source, emitter).Write();
        ViewAdoption.Write(view, emitter, emitter.State.Next);
        return emitter.State;
    }

    private void TakeReplacement(IReplacementLog replacement, UnionState state)
    {
        var written = replacement.Commit();
        Reclaiming.Reclaimed(written);
        TakeLog(state, written);
    }

    private void ReclaimSoon()
    {
        if (Begun is { } log && Pending is null && (Reclaiming.IsDue(State, log) || Reclaiming.IsPunchingDue(State, log)))
        {
            Schedule.Hurry();
        }
    }
}
