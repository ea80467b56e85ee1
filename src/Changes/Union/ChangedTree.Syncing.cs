using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>Syncing, and giving dead content back.</content>
public sealed partial class ChangedTree
{
    /// <summary>Held while the log is synced, sealed or replaced; always taken before <see cref="_writer"/>.</summary>
    private readonly Lock _syncing = new();
    private TreeException? _syncFailure;

    /// <summary>Why dead content could not be given back when that was tried last; null if it could. Nothing is lost by it but room.</summary>
    public TreeException? ReclaimFailure { get; private set; }

    /// <inheritdoc/>
    public void Sync()
    {
        lock (_syncing)
        {
            if (_syncFailure is { } failure)
            {
                _syncFailure = null;
                throw new TreeException(failure.Failure, failure.Message, failure);
            }

            SyncLog();
        }
    }

    /// <summary>Others go on changing while the storage works.</summary>
    private void SyncLog()
    {
        IChangeLog? log;
        lock (_writer)
        {
            if (_disposed)
            {
                return;
            }

            log = _log;
            _schedule.Syncing();
        }

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

    /// <summary>In the background. A failure is told to the next who asks for a sync, as the kernel does with its own write-back.</summary>
    private void Maintain()
    {
        lock (_syncing)
        {
            try
            {
                Reclaim();
                if (!GiveBack())
                {
                    SyncLog();
                }
            }
            catch (TreeException exception)
            {
                _syncFailure = exception;
            }
        }
    }

    private void ReclaimSoon(IChangeLog log)
    {
        if (_commit is null && (_reclaiming.IsDue(_state, log) || _reclaiming.IsGivingBackDue(_state, log)))
        {
            _schedule.Hurry();
        }
    }

    /// <summary>Writes the whole state as a new log, where that is worth it.</summary>
    private void Reclaim()
    {
        lock (_writer)
        {
            if (_disposed || _log is not { } log || _commit is not null || !_reclaiming.IsDue(_state, log))
            {
                return;
            }

            try
            {
                WriteAnew(log);
                ReclaimFailure = null;
            }
            catch (TreeException exception)
            {
                ReclaimFailure = exception;
                _reclaiming.IsFull |= IsNoRoom(exception);
                _reclaiming.PutOff(log);
            }
        }
    }

    private static bool IsNoRoom(TreeException failure) => failure.Failure is TreeFailure.NoSpace or TreeFailure.QuotaExceeded;

    /// <summary>Something found no room: gives the room of dead content back at once.</summary>
    /// <returns>Whether there is more room now.</returns>
    private bool TryMakeRoom()
    {
        lock (_syncing)
        {
            lock (_writer)
            {
                _reclaiming.IsFull = true;
            }

            return GiveBack();
        }
    }

    /// <summary>
    /// On a full disk, gives the room of content back that no file has. The writer waits while the storage works: what is given back must not be
    /// named by any record on the storage, and there is no room for anything else anyway.
    /// </summary>
    private bool GiveBack()
    {
        lock (_writer)
        {
            if (_disposed || _log is not { } log || _commit is not null || !_reclaiming.IsGivingBackDue(_state, log))
            {
                return false;
            }

            _schedule.Syncing();
            log.Sync();
            var source = new Source(_state.Base, _store, log);
            var old = Replace(_state, source);
            old.RetireFor(source, ends: null);
            old.WaitUntilUnused(); // those who read what was there before
            var given = log.GiveBack(_reclaiming.Dead(_state, log));
            _reclaiming.GaveBack(_state, log);
            return given > 0;
        }
    }

    /// <summary>Writes the whole state as a new log, worth it or not.</summary>
    internal void WriteAnew()
    {
        lock (_syncing)
        lock (_writer)
        {
            WriteAnew(Log());
        }
    }

    private void WriteAnew(IChangeLog log)
    {
        using var replacement = log.BeginReplacement(_state.Next);
        var state = new UnionState(_state.Base, _state.Next);
        new StateWriter(_state, _source, new ChangeEmitter(state, replacement.Log)).Write();
        _log = replacement.Commit();
        _reclaiming.Reclaimed(_log);
        var source = new Source(state.Base, _store, _log);
        Replace(state, source).RetireFor(source, log);
    }
}
