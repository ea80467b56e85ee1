using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// The one writer of a tree: changes are made one at a time, checked, appended to the log, then applied, by the same code that replays them. It owns
/// the log. The two locks order all that is not reading: <see cref="Syncing"/> is taken before <see cref="Gate"/>, and the reader gate last.
/// </summary>
internal sealed class ChangeWriter : IDisposable
{
    private readonly IChangeStore _store;
    private readonly TimeProvider _time;
    private readonly bool _isSnapshot;

    /// <param name="current">The tree that is changed.</param>
    /// <param name="store">Where changes are kept; it belongs to this.</param>
    /// <param name="time">The clock.</param>
    /// <param name="maintain">Syncs and reclaims, in the background.</param>
    /// <param name="isSnapshot">Whether the base is another tree's.</param>
    public ChangeWriter(CurrentVersion current, IChangeStore store, TimeProvider time, Action maintain, bool isSnapshot)
    {
        (Current, _store, _time, _isSnapshot) = (current, store, time, isSnapshot);
        Schedule = new SyncSchedule(time, maintain);
    }

    /// <summary>Held while a change is made. It is held while the base is read and the log is appended to: a change must find the tree as it was
    /// checked, and records lie in the order of the changes. Readers do not wait for it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Held while the log is synced, sealed or replaced, which works on the storage; changes go on meanwhile, but for what the members
    /// that take <see cref="Gate"/> too say.</summary>
    public Lock Syncing { get; } = new();

    public CurrentVersion Current { get; }

    public UnionState State => Current.Now.State;

    public Source Source => Current.Now.Source;

    /// <summary>The log; null until the first change.</summary>
    public IChangeLog? Begun { get; private set; }

    public SyncSchedule Schedule { get; }

    public Reclaiming Reclaiming { get; } = new();

    /// <summary>The commit that is under way.</summary>
    public PendingCommit? Pending { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Whether a failure says that there is no room.</summary>
    public static bool IsNoRoom(TreeException failure) => failure.Failure is TreeFailure.NoSpace or TreeFailure.QuotaExceeded;

    public Timestamp Now() => Timestamp.Now(_time);

    /// <summary>Room where changes are kept.</summary>
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

    /// <summary>The log, which is begun with the first change.</summary>
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

    /// <summary>Syncs what there is. Others go on changing while the storage works.</summary>
    /// <param name="log">The log; null where nothing was changed.</param>
    public void Sync(IChangeLog? log)
    {
        // Both know what is synced already, and a log whose sync failed says so again: who asks anew must not hear that all is well.
        if (log is null)
        {
            _store.Sync();
        }
        else
        {
            log.Sync();
        }
    }

    /// <summary>Checks a change; nothing is changed yet.</summary>
    /// <exception cref="TreeException">It is not possible.</exception>
    public ChangePlan Prepare(in Change change)
    {
        var plan = new ChangePlanner(State).Prepare(change);
        if (State.Base is not IViewTree)
        {
            return plan;
        }

        // A change that is not possible writes nothing down; one that is gets planned on the state that it will find.
        Log();
        return new ChangePlanner(State).Prepare(change);
    }

    /// <summary>Makes a change that was not checked yet.</summary>
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

    /// <summary>Drops an entry that has no names, once nobody uses it. Nothing is logged: replay drops what has no name at its end.</summary>
    public void Forget(ChangedEntry entry)
    {
        Current.Gate.EnterWrite();
        State.Drop(entry);
        Current.Gate.ExitWrite();
        ReclaimSoon();
    }

    /// <summary>Another log has the content of the tree from now on, which reads as it did.</summary>
    /// <param name="state">The state of that log.</param>
    /// <param name="log">The log.</param>
    public void TakeLog(UnionState state, IChangeLog log)
    {
        var former = Begun;
        Begun = log;
        var source = new Source(state.Base, _store, log);
        Current.Replace(Current.Now with { State = state, Source = source }).RetireFor(source, former);
    }

    /// <summary>Everything is read through another source from now on.</summary>
    /// <returns>The one until now, retired.</returns>
    public Source ReplaceSource()
    {
        var source = new Source(State.Base, _store, Begun);
        var old = Current.Replace(Current.Now with { Source = source });
        old.RetireFor(source, ends: null);
        return old;
    }

    /// <summary>The tree has another base from now on. State, content and cookies of listings change together.</summary>
    /// <param name="state">The state on that base.</param>
    public void TakeBase(UnionState state)
    {
        var former = State.Base;
        var epoch = (Current.Now.Epoch + 1) % DirectoryView.Epochs;
        var old = Current.Replace(new TreeVersion(state, new Source(state.Base, _store, Begun), epoch));
        old.Retire(former);
        old.WaitUntilUnused();
    }

    /// <summary>Ends the log, the store and the base. What was not synced is in the kernel's hands, not on the storage.</summary>
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
    /// The first change on a view: what it shows becomes changes of the tree below, all of them or, in a crash, none.
    /// </summary>
    private void Adopt(IViewTree view, IChangeLog log)
    {
        using var replacement = log.BeginReplacement(State.Next);
        var emitter = new ChangeEmitter(new UnionState(view.Below, State.Next), replacement.Log);
        ViewAdoption.Write(view, emitter, State.Next - ViewAdoption.NewEntries(view));
        TakeReplacement(replacement, emitter.State);
    }

    /// <summary>
    /// What a view of this tree shows becomes what this tree shows: its changes are written anew, with the view's differences. The caller holds both
    /// locks, and serves nothing yet.
    /// </summary>
    public void AdoptOver(IViewTree view)
    {
        using var replacement = Log().BeginReplacement(State.Next);
        var emitter = new ChangeEmitter(new UnionState(State.Base, State.Next), replacement.Log);
        new StateWriter(State, Source, emitter).Write();
        ViewAdoption.Write(view, emitter, emitter.State.Next);
        TakeReplacement(replacement, emitter.State);
    }

    private void TakeReplacement(IReplacementLog replacement, UnionState state)
    {
        var written = replacement.Commit();
        Reclaiming.Reclaimed(written);
        TakeLog(state, written);
    }

    private void ReclaimSoon()
    {
        if (Begun is { } log && Pending is null && (Reclaiming.IsDue(State, log) || Reclaiming.IsGivingBackDue(State, log)))
        {
            Schedule.Hurry();
        }
    }
}
