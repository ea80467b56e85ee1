using System.Runtime.InteropServices;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// Where content comes from: the base and the data file, as long as both stay. Who reads holds it, without ever waiting; when it was replaced by
/// another, the last one who holds it ends it.
/// </summary>
internal sealed class Source(INumberedTree tree, IChangeStore store, IChangeLog? log, IDisposable? endsWith)
{
    private const int Slots = 16;

    private readonly Slot[] _slots = new Slot[Slots];
    private int _state;

    public INumberedTree Base { get; } = tree;

    /// <summary>Null until something was written.</summary>
    public IChangeLog? Log { get; } = log;

    /// <summary>Begins to read. To be called where <see cref="Retire"/> cannot be: under the same gate.</summary>
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

    /// <summary>Another took its place: it ends when nobody reads from it.</summary>
    public void Retire()
    {
        Interlocked.CompareExchange(ref _state, 1, 0);
        EndIfUnused();
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
            endsWith?.Dispose();
        }
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Slot
    {
        [FieldOffset(64)]
        public int Readers;
    }
}
