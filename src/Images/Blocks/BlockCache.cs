using System.Runtime.InteropServices;

namespace CondaFuse.Images.Blocks;

/// <summary>
/// Keeps decompressed blocks of one size in native memory, for all threads. Leases pin blocks in use; other blocks are replaced by the clock
/// algorithm. If all are pinned, an extra block is allocated and freed after use, so that nobody ever waits for a lease. In a steady state nothing
/// is allocated.
/// </summary>
internal sealed class BlockCache : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Slot> _index;
    private readonly Slot[] _slots;
    private readonly int _blockSize;
    private int _hand;

    /// <param name="blockSize">Maximum block length in bytes.</param>
    /// <param name="slots">Number of blocks to keep.</param>
    public BlockCache(int blockSize, int slots)
    {
        _blockSize = blockSize;
        _slots = new Slot[slots];
        _index = new Dictionary<long, Slot>(slots);
    }

    /// <summary>Fills a block.</summary>
    /// <typeparam name="TContext">The type of the loader's argument.</typeparam>
    /// <param name="context">The loader's argument.</param>
    /// <param name="memory">The destination, with space for the longest block.</param>
    /// <param name="next">A value that the loader stores with the block.</param>
    /// <returns>Length of the block in bytes.</returns>
    public delegate int Loader<in TContext>(TContext context, Span<byte> memory, out long next);

    /// <summary>The block with a key, loaded first if it is not cached. Several threads that need it load it only once.</summary>
    public BlockLease Get<TContext>(long key, TContext context, Loader<TContext> loader)
    {
        Slot slot;
        lock (_gate)
        {
            if (_index.TryGetValue(key, out var found))
            {
                slot = found;
                slot.Pins++;
                slot.Used = true;
            }
            else
            {
                slot = TakeFreeSlot();
                slot.Key = key;
                slot.Loaded = false;
                slot.Pins = 1;
                slot.Used = true;
                _index.Add(key, slot);
            }
        }

        return new BlockLease(this, Loaded(slot, context, loader));
    }

    /// <summary>The block with a key if it is cached.</summary>
    public bool TryGetLoaded(long key, out BlockLease lease)
    {
        lock (_gate)
        {
            if (_index.TryGetValue(key, out var slot) && slot.Loaded)
            {
                slot.Pins++;
                slot.Used = true;
                lease = new BlockLease(this, slot);
                return true;
            }
        }

        lease = default;
        return false;
    }

    /// <summary>Frees the memory of all blocks that are not in use.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            foreach (var slot in _slots)
            {
                if (slot is { Pins: 0 })
                {
                    Forget(slot);
                    slot.Loaded = false;
                    slot.Free();
                }
            }
        }
    }

    internal void Release(Slot slot)
    {
        lock (_gate)
        {
            if (--slot.Pins == 0 && (slot.Spare || !slot.Loaded))
            {
                Forget(slot);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var slot in _slots)
            {
                slot?.Free();
            }

            Array.Clear(_slots);
            _index.Clear();
        }
    }

    /// <summary>Loads outside the cache's lock; other threads that need the block wait for the slot's lock.</summary>
    private Slot Loaded<TContext>(Slot slot, TContext context, Loader<TContext> loader)
    {
        if (Volatile.Read(ref slot.Loaded))
        {
            return slot;
        }

        try
        {
            lock (slot.Gate)
            {
                if (!slot.Loaded)
                {
                    slot.Length = loader(context, slot.Room(_blockSize), out slot.Next);
                    Volatile.Write(ref slot.Loaded, true);
                }
            }

            return slot;
        }
        catch
        {
            Release(slot);
            throw;
        }
    }

    private Slot TakeFreeSlot()
    {
        for (var step = 0; step < 2 * _slots.Length; step++)
        {
            ref var slot = ref _slots[_hand];
            _hand = (_hand + 1) % _slots.Length;
            if (slot is null)
            {
                return slot = new Slot();
            }

            if (slot.Pins == 0)
            {
                if (!slot.Used)
                {
                    Forget(slot);
                    return slot;
                }

                slot.Used = false;
            }
        }

        return new Slot { Spare = true };
    }

    private void Forget(Slot slot)
    {
        if (slot.Key >= 0)
        {
            _index.Remove(slot.Key);
            slot.Key = -1;
            slot.Used = false;
        }

        if (slot.Spare)
        {
            slot.Free();
        }
    }

    /// <summary>A slot for a block. The cache's lock guards <see cref="Pins"/>, <see cref="Key"/> and <see cref="Used"/>.</summary>
    internal sealed unsafe class Slot
    {
        public readonly Lock Gate = new();
        public long Key = -1;
        public long Next;
        public int Length;
        public int Pins;
        public bool Used;
        public bool Spare;
        public bool Loaded;
        private byte* _memory;

        public ReadOnlySpan<byte> Content => new(_memory, Length);

        public Span<byte> Room(int size)
        {
            _memory = _memory is null ? (byte*)NativeMemory.Alloc((nuint)size) : _memory;
            return new Span<byte>(_memory, size);
        }

        public void Free()
        {
            NativeMemory.Free(_memory);
            _memory = null;
        }
    }
}

/// <summary>Access to a cached block until it is disposed.</summary>
internal readonly struct BlockLease : IDisposable
{
    private readonly BlockCache? _cache;
    private readonly BlockCache.Slot? _slot;

    internal BlockLease(BlockCache cache, BlockCache.Slot slot)
    {
        _cache = cache;
        _slot = slot;
    }

    /// <summary>The content.</summary>
    public ReadOnlySpan<byte> Content => _slot is null ? [] : _slot.Content;

    /// <summary>The value that the loader stored with the block.</summary>
    public long Next => _slot!.Next;

    /// <summary>Releases the block; its content must not be accessed any more.</summary>
    public void Dispose() => _cache?.Release(_slot!);
}
