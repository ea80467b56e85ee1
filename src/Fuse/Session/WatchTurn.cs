using CondaFuse.Platform;

namespace CondaFuse.Fuse.Session;

/// <summary>
/// Whose turn it is to watch the device. Not a lock around the work: the turn is given back before a request is answered.
/// Nobody sleeps here unless another holds the turn, or has held it and is at work, and so comes back.
/// </summary>
/// <remarks>Each sleeper has a bed of its own: raising one event counter wakes all who read it, to find that one of them was meant.</remarks>
internal sealed class WatchTurn : IDisposable
{
    private readonly Lock dormitory = new();
    private readonly Stack<EventCounter> free = new();
    private readonly Stack<EventCounter> occupied = new();
    private int taken;
    private int sleepers;
    private bool open;

    public void Dispose()
    {
        foreach (var bed in free)
        {
            bed.Dispose();
        }
    }

    /// <summary>Takes the turn (true), or sleeps until called for (false).</summary>
    internal bool TryTakeOrSleep()
    {
        if (TryTake())
        {
            return true;
        }

        if (TakeOrLieDown(out var bed))
        {
            return true;
        }

        if (bed is not null)
        {
            bed.Take();
            lock (dormitory)
            {
                free.Push(bed);
            }
        }

        return false;
    }

    internal void Release() => Interlocked.Exchange(ref taken, 0);

    /// <summary>Wakes who fell asleep last, unless somebody watches already.</summary>
    /// <param name="besides">How many sleepers are to be left asleep.</param>
    internal void CallCompany(int besides)
    {
        if (Volatile.Read(ref taken) != 0 || Volatile.Read(ref sleepers) <= besides)
        {
            return;
        }

        lock (dormitory)
        {
            if (occupied.Count > besides)
            {
                WakeOne();
            }
        }
    }

    /// <summary>Lets nobody sleep any more.</summary>
    internal void WakeAll()
    {
        lock (dormitory)
        {
            open = true;
            while (occupied.Count > 0)
            {
                WakeOne();
            }
        }
    }

    private bool TryTake() => Interlocked.CompareExchange(ref taken, 1, 0) == 0;

    private bool TakeOrLieDown(out EventCounter? bed)
    {
        lock (dormitory)
        {
            // Counted first, tried again then: whoever releases either sees the sleeper or is seen here.
            Volatile.Write(ref sleepers, occupied.Count + 1);
            var mine = TryTake();
            if (mine || open)
            {
                Volatile.Write(ref sleepers, occupied.Count);
                bed = null;
                return mine;
            }

            bed = free.TryPop(out var known) ? known : new EventCounter();
            occupied.Push(bed);
            return false;
        }
    }

    // Who is called no longer counts as a sleeper: waking up takes longer than many a request.
    private void WakeOne()
    {
        occupied.Pop().Raise();
        Volatile.Write(ref sleepers, occupied.Count);
    }
}

/// <summary>
/// How often the watcher asks the device before it sleeps. Asking again and again saves a wake-up where requests follow each other closely; where
/// they do not, or others need the processor, it only burns time: after each vain attempt it is left for a while.
/// Belongs to whoever has the turn.
/// </summary>
/// <param name="most">Most questions before a sleep.</param>
internal sealed class Patience(int most)
{
    private const int SleepsAfterFailure = 8;
    private int sleepsUntilTrial;

    /// <summary>Questions before the next sleep.</summary>
    internal int Questions => sleepsUntilTrial == 0 ? most : 0;

    /// <summary>A request came before the sleep.</summary>
    internal void Succeeded() => sleepsUntilTrial = 0;

    /// <summary>The sleep was necessary.</summary>
    internal void Failed() => sleepsUntilTrial = sleepsUntilTrial == 0 ? SleepsAfterFailure : sleepsUntilTrial - 1;
}
