using CondaFuse.Platform;

namespace CondaFuse.Fuse.Session;

/// <summary>
/// Whose turn it is to watch the device. Not a lock around the work: the turn is given back before a request is answered.
/// Nobody sleeps here unless another holds the turn, or has held it and is at work, and so comes back.
/// </summary>
/// <remarks>Each sleeper has a bed of its own: raising one event counter wakes all who read it, to find that one of them was meant.</remarks>
internal sealed class WatchTurn : IDisposable
{
    private readonly Lock _waitersLock = new();
    private readonly Stack<EventCounter> _free = new();
    private readonly Stack<EventCounter> _waiters = new();
    private int _taken;
    private int _waiterCount;
    private bool _open;

    /// <summary>Whether somebody watches, or is about to.</summary>
    internal bool IsTaken => Volatile.Read(ref _taken) != 0;

    public void Dispose()
    {
        foreach (var waiter in _free)
        {
            waiter.Dispose();
        }
    }

    /// <summary>Takes the turn (true), or sleeps until called for (false).</summary>
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

    /// <summary>Wakes who fell asleep last, unless somebody watches already.</summary>
    /// <param name="besides">How many sleepers are to be left asleep.</param>
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

    /// <summary>Lets nobody sleep any more.</summary>
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
            // Counted first, tried again then: whoever releases either sees the sleeper or is seen here.
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

    // Who is called no longer counts as a sleeper: waking up takes longer than many a request.
    private void WakeOne()
    {
        _waiters.Pop().Raise();
        Volatile.Write(ref _waiterCount, _waiters.Count);
    }
}

/// <summary>
/// How often the watcher asks the device before it sleeps. Asking again and again saves a wake-up where requests follow each other closely; where
/// they do not, or others need the processor, it only burns time: after each vain attempt it is left for a while.
/// Belongs to whoever has the turn.
/// </summary>
/// <param name="max">Maximum number of questions before a sleep.</param>
internal sealed class SpinBudget(int max)
{
    private const int SleepsAfterFailure = 8;
    private int _sleepsUntilTrial;

    /// <summary>Questions before the next sleep.</summary>
    internal int Questions => _sleepsUntilTrial == 0 ? max : 0;

    /// <summary>A request came before the sleep.</summary>
    internal void Succeeded() => _sleepsUntilTrial = 0;

    /// <summary>The sleep was necessary.</summary>
    internal void Failed() => _sleepsUntilTrial = _sleepsUntilTrial == 0 ? SleepsAfterFailure : _sleepsUntilTrial - 1;
}
