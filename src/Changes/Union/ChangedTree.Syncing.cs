using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <content>Syncing.</content>
public sealed partial class ChangedTree
{
    private TreeException? _syncFailure;

    /// <inheritdoc/>
    public void Sync()
    {
        lock (_writer)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_syncFailure is { } failure)
            {
                _syncFailure = null;
                throw new TreeException(failure.Failure, failure.Message, failure);
            }

            SyncLog();
        }
    }

    private void SyncLog()
    {
        if (_log is { } log && _schedule.IsDirty)
        {
            log.Sync();
            _schedule.Synced(log.DataLength);
        }
    }

    /// <summary>A failure is told to the next who asks for a sync, as the kernel does with its own write-back.</summary>
    private void SyncInBackground()
    {
        lock (_writer)
        {
            if (_disposed)
            {
                return;
            }

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
