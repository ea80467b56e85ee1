using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Syncs a tree's log, and frees the space of dead content.</summary>
internal sealed class TreeMaintenance
{
    private readonly ChangeWriter _writer;
    private TreeException? _syncFailure;

    public TreeMaintenance(ChangeWriter writer) => _writer = writer;

    /// <summary>Why dead content could not be freed at the last attempt; null if it could. Only space is lost.</summary>
    public TreeException? ReclaimFailure { get; private set; }

    /// <summary>Returns when all changes are on the storage.</summary>
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

    /// <summary>Runs in the background. The next sync reports a failure, as with the kernel's own write-back.</summary>
    public void Run()
    {
        lock (_writer.Syncing)
        {
            try
            {
                Reclaim();
                if (!PunchHoles())
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

    /// <summary>Called when a write found no space: frees the space of dead content at once.</summary>
    /// <returns>Whether there is more space now.</returns>
    public bool TryMakeRoom()
    {
        lock (_writer.Syncing)
        {
            lock (_writer.Gate)
            {
                _writer.Reclaiming.IsFull = true;
            }

            return PunchHoles();
        }
    }

    /// <summary>Rewrites the log from the whole state, whether it pays off or not.</summary>
    public void Rewrite()
    {
        lock (_writer.Syncing)
        lock (_writer.Gate)
        {
            Rewrite(_writer.Log());
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

    /// <summary>Rewrites the log from the whole state, if that pays off.</summary>
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
                Rewrite(log);
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
    /// On a full disk, frees the space of content that no file uses. The writer waits for the storage: no record on the storage may refer to freed
    /// content, and there is no space for other writes anyway.
    /// </summary>
    private bool PunchHoles()
    {
        lock (_writer.Gate)
        {
            if (_writer.IsDisposed
                || _writer.Begun is not { } log
                || _writer.Pending is not null
                || !_writer.Reclaiming.IsPunchingDue(_writer.State, log))
            {
                return false;
            }

            _writer.Schedule.Syncing();
            log.Sync();
            _writer.ReplaceSource().WaitUntilUnused(); // readers of the dead content
            var freed = log.PunchHoles(_writer.Reclaiming.Dead(_writer.State, log));
            _writer.Reclaiming.Punched(_writer.State, log);
            return freed > 0;
        }
    }

    /// <summary>
    /// The writer waits while live content is copied: anything written meanwhile would have to be written twice, in order. This is done only if most
    /// of the log is dead (<see cref="Reclaiming"/>). Readers continue.
    /// </summary>
    private void Rewrite(IChangeLog log)
    {
        using var replacement = log.BeginReplacement(_writer.State.Next);
        var state = new UnionState(_writer.State.Base, _writer.State.Next);
        new StateWriter(_writer.State, _writer.Source, new ChangeEmitter(state, replacement.Log)).Write();
        var written = replacement.Commit();
        _writer.Reclaiming.Reclaimed(written);
        _writer.TakeLog(state, written);
    }
}
