using CondaFuse.Platform;

namespace CondaFuse.Fuse.Session;

/// <summary>
/// Decides which worker watches the device. It is not a lock around the work: a worker gives up the turn before it answers a request. A worker
/// sleeps here only if another one has the turn, or had it, is busy, and will return.
/// </summary>
/// <remarks>Each sleeper has its own event counter: a shared one would wake all sleepers for each event.</remarks>
internal sealed class WatchTurn : IDisposable
{
    private readonly Lock _waitersLock = new();
    private readonly Stack<EventCounter> _free = new();
    private readonly Stack<EventCounter> _waiters = new();
    private int _taken;
    private int _waiterCount;
    private bool _open;

    /// <summary>Whether a worker watches the device, or is about to.</summary>
    internal bool IsTaken => Volatile.Read(ref _taken) != 0;

    public void Dispose()
    {
        foreach (var waiter in _free)
        {
            waiter.Dispose();
        }
    }

    /// <summary>Takes the turn (true), or sleeps until called (false).</summary>
    internal bool TryTakeOrWait()
    {
        if (TryTake())
        {
            return true;
        }

        if (TakeOrQueue(out var waiter))
        {
            return true;
        }

        if (waiter is not null)
        {
            waiter.Take();
            lock (_waitersLock)
            {
                _free.Push(waiter);
            }
        }

        return false;
    }

    internal void Release() => Interlocked.Exchange(ref _taken, 0);

    /// <summary>Wakes the worker that fell asleep last, unless another one watches already.</summary>
    /// <param name="besides">How many sleepers must stay asleep.</param>
    /// <returns>Whether one was woken.</returns>
    internal bool WakeAnother(int besides)
    {
        if (IsTaken || Volatile.Read(ref _waiterCount) <= besides)
        {
            return false;
        }

        lock (_waitersLock)
        {
            var isAsleep = _waiters.Count > besides;
            if (isAsleep)
            {
                WakeOne();
            }

            return isAsleep;
        }
    }

    /// <summary>How many workers sleep.</summary>
    internal int Sleeping
    {
        get
        {
            lock (_waitersLock)
            {
                return _waiters.Count;
            }
        }
    }

    /// <summary>From now on, no worker falls asleep.</summary>
    internal void Open()
    {
        lock (_waitersLock)
        {
            _open = true;
        }
    }

    /// <summary>Wakes all sleepers; from now on, no worker sleeps.</summary>
    internal void WakeAll()
    {
        lock (_waitersLock)
        {
            _open = true;
            while (_waiters.Count > 0)
            {
                WakeOne();
            }
        }
    }

    private bool TryTake() => Interlocked.CompareExchange(ref _taken, 1, 0) == 0;

    private bool TakeOrQueue(out EventCounter? waiter)
    {
        lock (_waitersLock)
        {
            // Count the sleeper before trying again: a worker that releases the turn either sees this sleeper or has already released it.
            Volatile.Write(ref _waiterCount, _waiters.Count + 1);
            var mine = TryTake();
            if (mine || _open)
            {
                Volatile.Write(ref _waiterCount, _waiters.Count);
                waiter = null;
                return mine;
            }

            waiter = _free.TryPop(out var known) ? known : new EventCounter();
            _waiters.Push(waiter);
            return false;
        }
    }

    // A called worker no longer counts as a sleeper: waking up takes longer than many requests.
    private void WakeOne()
    {
        _waiters.Pop().Raise();
        Volatile.Write(ref _waiterCount, _waiters.Count);
    }
}

/// <summary>
/// How often the watcher polls the device before it sleeps. Polling saves a wake-up if requests follow each other closely. Otherwise, or if other
/// processes need the processor, it wastes time: after each failed attempt, polling pauses for a number of sleeps. Used only by the worker that has
/// the turn.
/// </summary>
/// <param name="max">Maximum number of polls before a sleep.</param>
internal sealed class SpinBudget(int max)
{
    private const int SleepsAfterFailure = 8;
    private int _sleepsUntilTrial;

    /// <summary>Number of polls before the next sleep.</summary>
    internal int Questions => _sleepsUntilTrial == 0 ? max : 0;

    /// <summary>A request arrived before the sleep.</summary>
    internal void Succeeded() => _sleepsUntilTrial = 0;

    /// <summary>The polls were in vain.</summary>
    internal void Failed() => _sleepsUntilTrial = _sleepsUntilTrial == 0 ? SleepsAfterFailure : _sleepsUntilTrial - 1;
}
