using System.Collections;

namespace CondaFuse.Images.Blocks;

/// <summary>Finds elements of a list by hash: an open hash table of indices, 4 to 8 bytes per element.</summary>
/// <param name="hashOf">Returns the hash of the list's element at an index.</param>
internal sealed class IndexTable(Func<int, int> hashOf)
{
    private const int FewestSlots = 256;

    /// <summary>Index plus one; 0 for an empty slot.</summary>
    private int[] _slots = new int[FewestSlots];

    private int _count;

    /// <summary>Indices that may have this hash, in the order in which they were added. All indices with this hash are among them.</summary>
    public Candidates Find(int hash) => new(_slots, hash);

    public void Add(int hash, int index)
    {
        if (++_count > _slots.Length / 4 * 3)
        {
            Grow();
        }

        Put(hash, index + 1);
    }

    private void Put(int hash, int value)
    {
        var slot = hash & (_slots.Length - 1);
        while (_slots[slot] != 0)
        {
            slot = (slot + 1) & (_slots.Length - 1);
        }

        _slots[slot] = value;
    }

    private void Grow()
    {
        var before = _slots;
        _slots = new int[2 * before.Length];
        foreach (var value in before)
        {
            if (value != 0)
            {
                Put(hashOf(value - 1), value);
            }
        }
    }

    /// <summary>Walks the slots from a hash's own to the next empty one.</summary>
    public ref struct Candidates(int[] slots, int hash)
    {
        private int _slot = hash - 1;

        public readonly int Current => slots[_slot] - 1;

        public readonly Candidates GetEnumerator() => this;

        public bool MoveNext()
        {
            _slot = (_slot + 1) & (slots.Length - 1);
            return slots[_slot] != 0;
        }
    }
}

/// <summary>A list that grows chunk by chunk: a doubling array would be in memory twice while it grows, and half empty afterwards.</summary>
internal sealed class ChunkedList<T> : IReadOnlyList<T>
{
    private const int ChunkItems = 1024;

    private readonly List<T[]> _chunks = [];

    public int Count { get; private set; }

    public T this[int index]
    {
        get => _chunks[index / ChunkItems][index % ChunkItems];
        set => _chunks[index / ChunkItems][index % ChunkItems] = value;
    }

    public void Add(in T item)
    {
        if (Count == _chunks.Count * ChunkItems)
        {
            _chunks.Add(new T[ChunkItems]);
        }

        this[Count++] = item;
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
