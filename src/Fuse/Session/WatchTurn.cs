using CondaFuse.Platform;

namespace CondaFuse.Fuse.Session;

/// <summary>
/// Whose turn it is to watch the device. Not a lock around the work: the turn is given back before a request is answered.
/// Nobody sleeps here unless another holds the turn, or has held it and is at work, and so comes back.
/// </summary>
internal sealed class WatchTurn : IDisposable
{
    private readonly EventCounter company = new();
    private int taken;
    private int sleepers;
    private volatile bool open;

    public void Dispose() => company.Dispose();

    /// <summary>Takes the turn (true), or sleeps until called for (false).</summary>
    internal bool TryTakeOrSleep()
    {
        if (TryTake())
        {
            return true;
        }

        // Counted first, tried again then: whoever releases either sees the sleeper or is seen here.
        Interlocked.Increment(ref sleepers);
        var mine = TryTake();
        if (!mine && !open)
        {
            company.Take();
        }

        Interlocked.Decrement(ref sleepers);
        return mine;
    }

    internal void Release() => Interlocked.Exchange(ref taken, 0);

    /// <summary>Wakes a sleeper, if there is one and nobody watches already.</summary>
    internal void CallCompany()
    {
        if (Volatile.Read(ref taken) == 0 && Volatile.Read(ref sleepers) > 0)
        {
            company.Raise();
        }
    }

    /// <summary>Lets nobody sleep any more.</summary>
    internal void WakeAll()
    {
        open = true;
        Interlocked.MemoryBarrier();
        company.Raise((uint)Volatile.Read(ref sleepers));
    }

    private bool TryTake() => Interlocked.CompareExchange(ref taken, 1, 0) == 0;
}
