using System.Collections;

namespace CondaFuse.Images.Blocks;

/// <summary>A list that grows piece by piece: an array that doubles would be in memory twice while it grows, and half empty afterwards.</summary>
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
