using System.Runtime.InteropServices;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// The source of content: the base and the data file, for as long as both stay the same. A reader holds it without ever waiting. Once it is
/// replaced, the last holder disposes of it.
/// </summary>
internal sealed class Source(INumberedTree tree, IChangeStore store, IChangeLog? log)
{
    private const int Slots = 16;

    private readonly Slot[] _slots = new Slot[Slots];
    private IDisposable? _ends;

    /// <summary>0 in use, 1 replaced, 2 unused, 3 ended.</summary>
    private int _state;

    public INumberedTree Base { get; } = tree;

    /// <summary>Null until something was written.</summary>
    public IChangeLog? Log { get; } = log;

    /// <summary>Begins to read. The caller holds the gate, so that <see cref="Retire"/> cannot run concurrently.</summary>
    public int Enter()
    {
        var slot = Thread.GetCurrentProcessorId() % Slots;
        Interlocked.Increment(ref _slots[slot].Readers);
        return slot;
    }

    public void Exit(int slot)
    {
        Interlocked.Decrement(ref _slots[slot].Readers);
        if (Volatile.Read(ref _state) == 1)
        {
            EndIfUnused();
        }
    }

    /// <summary>Marks it as replaced.</summary>
    /// <param name="ends">Disposed when nobody reads from this source any more.</param>
    public void Retire(IDisposable? ends)
    {
        _ends = ends;
        Interlocked.CompareExchange(ref _state, 1, 0);
        EndIfUnused();
    }

    /// <summary>
    /// Marks it as replaced by a source with the same base. The other one is held for as long as this one is in use, so that the base is not
    /// disposed of too early.
    /// </summary>
    /// <param name="next">The other source, not retired yet.</param>
    /// <param name="ends">Disposed when nobody reads from this source any more.</param>
    public void RetireFor(Source next, IDisposable? ends) => Retire(new Ending(next, next.Enter(), ends));

    /// <summary>Waits, after <see cref="Retire"/>, until nobody reads from it.</summary>
    public void WaitUntilUnused()
    {
        var wait = default(SpinWait);
        while (Volatile.Read(ref _state) != 3)
        {
            wait.SpinOnce();
        }
    }

    public void ReadData(long offset, Span<byte> destination)
    {
        if (Log is null)
        {
            store.ReadData(offset, destination);
        }
        else
        {
            Log.ReadData(offset, destination);
        }
    }

    private void EndIfUnused()
    {
        foreach (ref var slot in _slots.AsSpan())
        {
            if (Volatile.Read(ref slot.Readers) != 0)
            {
                return;
            }
        }

        if (Interlocked.CompareExchange(ref _state, 2, 1) == 1)
        {
            _ends?.Dispose();
            Volatile.Write(ref _state, 3);
        }
    }

    private sealed class Ending(Source next, int lease, IDisposable? ends) : IDisposable
    {
        public void Dispose()
        {
            ends?.Dispose();
            next.Exit(lease);
        }
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Slot
    {
        [FieldOffset(64)]
        public int Readers;
    }
}
