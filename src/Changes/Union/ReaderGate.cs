using System.Runtime.InteropServices;

namespace CondaFuse.Changes.Union;

/// <summary>
/// Lets either many threads read, or one write. A reader counts itself in a cache line of its processor, so that entering and leaving cost two
/// interlocked additions and readers never wait for each other. Readers must not nest.
/// </summary>
internal sealed class ReaderGate
{
    private const int Slots = 16;

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly Lock _writer = new();
    private int _isWriting;

    /// <summary>Begins to read.</summary>
    /// <returns>The argument for <see cref="ExitRead"/>.</returns>
    public int EnterRead()
    {
        var slot = Thread.GetCurrentProcessorId() % Slots;
        while (true)
        {
            Interlocked.Increment(ref _slots[slot].Readers);
            if (Volatile.Read(ref _isWriting) == 0)
            {
                return slot;
            }

            Interlocked.Decrement(ref _slots[slot].Readers);
            lock (_writer)
            {
                // The writer is done.
            }
        }
    }

    public void ExitRead(int slot) => Interlocked.Decrement(ref _slots[slot].Readers);

    /// <summary>Waits until nobody reads, and keeps others out.</summary>
    public void EnterWrite()
    {
        _writer.Enter();
        Interlocked.Exchange(ref _isWriting, 1);
        var wait = default(SpinWait);
        foreach (ref var slot in _slots.AsSpan())
        {
            while (Volatile.Read(ref slot.Readers) != 0)
            {
                wait.SpinOnce();
            }
        }
    }

    public void ExitWrite()
    {
        Volatile.Write(ref _isWriting, 0);
        _writer.Exit();
    }

    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Slot
    {
        [FieldOffset(64)]
        public int Readers;
    }
}
