namespace CondaFuse.Images.Zip.Reading;

/// <summary>A list whose elements are changed in place.</summary>
internal struct GrowingArray<T>()
    where T : struct
{
    private T[] _items = new T[16];

    public int Count { get; private set; }

    public readonly ref T this[int index] => ref _items[index];

    public readonly ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public int Add(T item)
    {
        if (Count == _items.Length)
        {
            Array.Resize(ref _items, Count * 2);
        }

        _items[Count] = item;
        return Count++;
    }

    public int AddRange(ReadOnlySpan<T> items)
    {
        if (items.Length > _items.Length - Count)
        {
            Array.Resize(ref _items, (int)Math.Min(Array.MaxLength, Math.Max(Count * 2L, (long)Count + items.Length)));
        }

        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
        return Count - items.Length;
    }

    public readonly T[] ToArray() => Items.ToArray();
}
