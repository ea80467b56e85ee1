namespace CondaFuse.Fuse.Session;

/// <summary>
/// Notices when all workers that are awake wait for the storage. Requests are not timed individually: an alarm is set at most once per interval, and
/// its expiry checks whether a worker is overdue.
/// </summary>
/// <param name="setAlarm">Sets the alarm; <see cref="Expired"/> is called when it goes off.</param>
internal sealed class OverdueWatch(Action setAlarm)
{
    private int _received;
    private int _receivedAtAlarm;
    private int _isAlarmSet;

    /// <summary>Changes with every request.</summary>
    internal int Count => Volatile.Read(ref _received);

    /// <summary>A worker received a request, and no longer watches the device.</summary>
    internal void Received()
    {
        Interlocked.Increment(ref _received);
        SetAlarm();
    }

    /// <summary>The alarm went off.</summary>
    /// <param name="isWatched">Whether a worker watches the device.</param>
    /// <returns>Whether another worker is needed.</returns>
    internal bool Expired(Func<bool> isWatched)
    {
        var receivedAtAlarm = Volatile.Read(ref _receivedAtAlarm);

        // Before anything is checked: a request that arrives from now on sets the alarm itself.
        Interlocked.Exchange(ref _isAlarmSet, 0);
        if (isWatched())
        {
            return false;
        }

        if (Volatile.Read(ref _received) == receivedAtAlarm)
        {
            return true;
        }

        SetAlarm();
        return false;
    }

    private void SetAlarm()
    {
        if (Volatile.Read(ref _isAlarmSet) == 0 && Interlocked.Exchange(ref _isAlarmSet, 1) == 0)
        {
            Volatile.Write(ref _receivedAtAlarm, Volatile.Read(ref _received));
            setAlarm();
        }
    }
}
