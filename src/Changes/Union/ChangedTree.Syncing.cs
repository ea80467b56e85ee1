using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>Syncing.</content>
public sealed partial class ChangedTree
{
    /// <summary>Held while the log is synced, sealed or replaced; always taken before <see cref="_writer"/>.</summary>
    private readonly Lock _syncing = new();
    private TreeException? _syncFailure;

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

    /// <summary>A failure is told to the next who asks for a sync, as the kernel does with its own write-back.</summary>
    private void SyncInBackground()
    {
        lock (_syncing)
        {
            try
            {
                SyncLog();
            }
            catch (TreeException exception)
            {
                _syncFailure = exception;
            }
        }
    }
}
