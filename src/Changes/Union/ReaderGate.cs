using System.Runtime.InteropServices;

namespace CondaFuse.Changes.Union;

/// <summary>
/// Lets many threads look at something, or one change it. Who looks counts in a cache line of its processor, so that looking costs
/// two interlocked additions and those who look never wait for each other. Who looks must not look again before it is done.
/// </summary>
internal sealed class ReaderGate
{
    private const int Slots = 16;

    private readonly Slot[] _slots = new Slot[Slots];
    private readonly Lock _writer = new();
    private int _isWriting;

    /// <summary>Begins to look.</summary>
    /// <returns>What <see cref="ExitRead"/> wants.</returns>
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

    /// <summary>Waits until nobody looks, and keeps others out.</summary>
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
