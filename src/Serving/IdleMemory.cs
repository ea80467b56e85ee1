using CondaFuse.Platform;

namespace CondaFuse.Serving;

/// <summary>
/// Gives memory back when a server rests: what a commit or a burst of changes took would stay with the process otherwise, since a server that serves
/// from its cache allocates nothing, and so never collects.
/// </summary>
internal sealed class IdleMemory : IDisposable
{
    /// <summary>So much, allocated since memory was given back last, is worth a collection.</summary>
    internal const long WorthBytes = 8 << 20;

    /// <summary>Less than this, allocated between two looks, counts as rest.</summary>
    internal const long RestBytes = 1 << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly Func<long> _allocated;
    private readonly Action _giveBack;
    private readonly ITimer _timer;
    private long _seen;
    private long _givenBackAt;

    public IdleMemory(TimeProvider clock)
        : this(clock, () => GC.GetTotalAllocatedBytes(), GiveBack)
    {
    }

    /// <param name="clock">The clock.</param>
    /// <param name="allocated">Bytes that the process allocated so far.</param>
    /// <param name="giveBack">Collects, and gives back.</param>
    internal IdleMemory(TimeProvider clock, Func<long> allocated, Action giveBack)
    {
        (_allocated, _giveBack) = (allocated, giveBack);
        _timer = clock.CreateTimer(_ => Look(), state: null, Interval, Interval);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Called by the timer; two calls at once do no harm.</summary>
    internal void Look()
    {
        var allocated = _allocated();
        var rests = allocated - _seen < RestBytes;
        _seen = allocated;
        if (rests && allocated - _givenBackAt >= WorthBytes)
        {
            _giveBack();
            _seen = _givenBackAt = _allocated();
        }
    }

    private static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
    }
}
