namespace CondaFuse.Changes.Union;

/// <summary>
/// Requests a sync at most 5 seconds after a change, or when 64 MB were written since the last one. Nothing is scheduled without unsynced changes.
/// Used by the one writer only.
/// </summary>
internal sealed class SyncSchedule(TimeProvider time, Action sync) : IDisposable
{
    private const long MaxUnsynced = 64 << 20;

    private static readonly TimeSpan LongestUnsynced = TimeSpan.FromSeconds(5);

    private ITimer? _timer;
    private bool _isHurried;

    /// <summary>Whether there are changes that no sync has covered.</summary>
    public bool IsDirty { get; private set; }

    private ITimer Timer => _timer ??= time.CreateTimer(_ => sync(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Something was changed.</summary>
    /// <param name="unsynced">Bytes that are not synced.</param>
    public void Changed(long unsynced)
    {
        if (!IsDirty)
        {
            IsDirty = true;
            Timer.Change(LongestUnsynced, Timeout.InfiniteTimeSpan);
        }
        else if (unsynced >= MaxUnsynced)
        {
            Hurry();
        }
    }

    /// <summary>Requests a sync without delay.</summary>
    public void Hurry()
    {
        if (!_isHurried)
        {
            _isHurried = true;
            Timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A sync begins that covers all changes so far.</summary>
    public void Syncing()
    {
        (IsDirty, _isHurried) = (false, false);
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer?.Dispose();
}
