using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Syncs a tree's log, and gives dead content back.</summary>
internal sealed class TreeMaintenance
{
    private readonly ChangeWriter _writer;
    private TreeException? _syncFailure;

    public TreeMaintenance(ChangeWriter writer) => _writer = writer;

    /// <summary>Why dead content could not be given back when that was tried last; null if it could. Nothing is lost by it but room.</summary>
    public TreeException? ReclaimFailure { get; private set; }

    /// <summary>Returns when all that was changed is on the storage.</summary>
    public void Sync()
    {
        lock (_writer.Syncing)
        {
            if (_syncFailure is { } failure)
            {
                _syncFailure = null;
                throw new TreeException(failure.Failure, failure.Message, failure);
            }

            SyncLog();
        }
    }

    /// <summary>In the background. A failure is told to the next who asks for a sync, as the kernel does with its own write-back.</summary>
    public void Run()
    {
        lock (_writer.Syncing)
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

    /// <summary>Something found no room: gives the room of dead content back at once.</summary>
    /// <returns>Whether there is more room now.</returns>
    public bool TryMakeRoom()
    {
        lock (_writer.Syncing)
        {
            lock (_writer.Gate)
            {
                _writer.Reclaiming.IsFull = true;
            }

            return GiveBack();
        }
    }

    /// <summary>Writes the whole state as a new log, worth it or not.</summary>
    public void WriteAnew()
    {
        lock (_writer.Syncing)
        lock (_writer.Gate)
        {
            WriteAnew(_writer.Log());
        }
    }

    private void SyncLog()
    {
        IChangeLog? log;
        lock (_writer.Gate)
        {
            if (_writer.IsDisposed)
            {
                return;
            }

            log = _writer.Begun;
            _writer.Schedule.Syncing();
        }

        _writer.Sync(log);
    }

    /// <summary>Writes the whole state as a new log, where that is worth it.</summary>
    private void Reclaim()
    {
        lock (_writer.Gate)
        {
            if (_writer.IsDisposed
                || _writer.Begun is not { } log
                || _writer.Pending is not null
                || !_writer.Reclaiming.IsDue(_writer.State, log))
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
                _writer.Reclaiming.IsFull |= ChangeWriter.IsNoRoom(exception);
                _writer.Reclaiming.PutOff(log);
            }
        }
    }

    /// <summary>
    /// On a full disk, gives the room of content back that no file has. The writer waits while the storage works: what is given back must not be
    /// named by any record on the storage, and there is no room for anything else anyway.
    /// </summary>
    private bool GiveBack()
    {
        lock (_writer.Gate)
        {
            if (_writer.IsDisposed
                || _writer.Begun is not { } log
                || _writer.Pending is not null
                || !_writer.Reclaiming.IsGivingBackDue(_writer.State, log))
            {
                return false;
            }

            _writer.Schedule.Syncing();
            log.Sync();
            _writer.ReplaceSource().WaitUntilUnused(); // those who read what was there before
            var given = log.GiveBack(_writer.Reclaiming.Dead(_writer.State, log));
            _writer.Reclaiming.GaveBack(_writer.State, log);
            return given > 0;
        }
    }

    /// <summary>
    /// The writer waits while live content is copied: what is written meanwhile would have to be written twice, in the order of the changes. It is
    /// done only where most of the log is dead (<see cref="Reclaiming"/>); readers go on.
    /// </summary>
    private void WriteAnew(IChangeLog log)
    {
        using var replacement = log.BeginReplacement(_writer.State.Next);
        var state = new UnionState(_writer.State.Base, _writer.State.Next);
        new StateWriter(_writer.State, _writer.Source, new ChangeEmitter(state, replacement.Log)).Write();
        var written = replacement.Commit();
        _writer.Reclaiming.Reclaimed(written);
        _writer.TakeLog(state, written);
    }
}
