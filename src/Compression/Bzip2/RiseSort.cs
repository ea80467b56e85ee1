using System.Buffers.Binary;

namespace CondaFuse.Compression.Bzip2;

/// <summary>
/// Sorts the rotations that begin at given places of a text: by their letters as far as most differ, then by each other's order, twice as far each time (N. J. Larsson and K. Sadakane,
/// "Faster suffix sorting", 1999), so that no repetition makes it slow. Not for several threads at once.
/// </summary>
/// <param name="most">Most places.</param>
internal sealed unsafe class RiseSort(int most)
{
    /// <summary>Letters that must be there behind the text: it goes around, further than there is a way from place to place.</summary>
    public const int ReadAhead = 4096;

    private const int Letters = 256;
    private const int KeyBytes = 5;
    private const int PlaceBits = 24;
    private const ulong PlaceMask = (1 << PlaceBits) - 1;

    /// <summary>Groups that have so many letters in common are left to the second step.</summary>
    private const int DeepEnough = 30;

    /// <summary>In a group of so many it is worth while to put those with the same letter together before they are compared.</summary>
    private const int Many = 256;

    private readonly ulong[] _items = new ulong[most];
    private readonly ulong[] _scattered = new ulong[most];
    private readonly int[] _ranks = new int[most];
    private readonly int[] _sorted = new int[most];
    private readonly int[] _bounds = new int[(Letters * Letters) + 1];
    private readonly Stack<(int Low, int High, int Depth)> _pending = new();
    private List<(int Low, int High)> _groups = [];
    private List<(int Low, int High)> _next = [];

    /// <summary>Numbers of places in the order of their rotations.</summary>
    public ReadOnlySpan<int> Sorted => _sorted;

    /// <summary>Sorts.</summary>
    /// <param name="text">The text, and <see cref="ReadAhead"/> more.</param>
    /// <param name="places">All places at which a rise turns into a fall, in their order.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="length">Letters of the text.</param>
    public void Sort(byte* text, int* places, int count, int length)
    {
        SortByLetters(text, places, count, length);
        for (var i = 0; i < count; i++)
        {
            _ranks[_items[i] & PlaceMask] = i;
        }

        foreach (var (low, high) in _groups)
        {
            for (var i = low; i < high; i++)
            {
                _ranks[_items[i] & PlaceMask] = low;
            }
        }

        // Groups that are left at last are of rotations that are the same.
        for (var distance = 1; _groups.Count > 0 && distance < count; distance *= 2)
        {
            SortByRanks(count, distance);
        }

        _groups.Clear();
        for (var i = 0; i < count; i++)
        {
            _sorted[i] = (int)(_items[i] & PlaceMask);
        }
    }

    private void SortByLetters(byte* text, int* places, int count, int length)
    {
        fixed (ulong* items = _items)
        fixed (int* bounds = _bounds)
        {
            new Span<int>(bounds, _bounds.Length).Clear();
            for (var i = 0; i < count; i++)
            {
                bounds[((text[places[i]] << 8) | text[places[i] + 1]) + 1]++;
            }

            for (var pair = 1; pair < _bounds.Length; pair++)
            {
                bounds[pair] += bounds[pair - 1];
            }

            for (var i = 0; i < count; i++)
            {
                var at = text + places[i];
                items[bounds[(at[0] << 8) | at[1]]++] = Key(at + 2, i);
            }

            for (int pair = 0, low = 0; pair < Letters * Letters; pair++)
            {
                var high = bounds[pair];
                if (high - low > 1)
                {
                    Refine(items, low, high, 2 + KeyBytes);
                    while (_pending.TryPop(out var group))
                    {
                        Deepen(items, text, places, count, length, group);
                    }
                }

                low = high;
            }
        }
    }

    /// <summary>Goes on with a group that has its first letters in common.</summary>
    private void Deepen(ulong* items, byte* text, int* places, int count, int length, (int Low, int High, int Depth) group)
    {
        var nearest = int.MaxValue;
        if (group.Depth >= DeepEnough)
        {
            for (var i = group.Low; i < group.High; i++)
            {
                nearest = Math.Min(nearest, Way(places, count, length, items[i]));
            }
        }

        if (group.Depth < DeepEnough || nearest + 2 > group.Depth)
        {
            for (var i = group.Low; i < group.High; i++)
            {
                var number = (int)(items[i] & PlaceMask);
                items[i] = Key(text + places[number] + group.Depth, number);
            }

            Refine(items, group.Low, group.High, group.Depth + KeyBytes);
            return;
        }

        // With the same letters, whose next turn comes first has the fall there, and is smaller.
        for (var i = group.Low; i < group.High; i++)
        {
            items[i] = ((ulong)Way(places, count, length, items[i]) << PlaceBits) | (items[i] & PlaceMask);
        }

        Sorting.Sort(items, group.Low, group.High);
        for (int low = group.Low, i = low + 1; i <= group.High; i++)
        {
            if (i == group.High || items[i] >> PlaceBits != items[low] >> PlaceBits)
            {
                if (i - low > 1)
                {
                    if ((int)(items[low] >> PlaceBits) + 2 <= group.Depth)
                    {
                        _groups.Add((low, i));
                    }
                    else
                    {
                        _pending.Push((low, i, group.Depth));
                    }
                }

                low = i;
            }
        }
    }

    /// <summary>Sorts a group by its keys, and keeps what they do not tell apart for later.</summary>
    private void Refine(ulong* items, int low, int high, int depth)
    {
        if (high - low < Many)
        {
            Sorting.Sort(items, low, high);
        }
        else
        {
            SortByNextLetter(items, low, high);
        }

        for (var i = low + 1; i <= high; i++)
        {
            if (i == high || items[i] >> PlaceBits != items[low] >> PlaceBits)
            {
                if (i - low > 1)
                {
                    _pending.Push((low, i, depth));
                }

                low = i;
            }
        }
    }

    private void SortByNextLetter(ulong* items, int low, int high)
    {
        const int letterShift = 56;
        var ends = stackalloc int[Letters + 1];
        new Span<int>(ends, Letters + 1).Clear();
        for (var i = low; i < high; i++)
        {
            ends[(items[i] >> letterShift) + 1]++;
        }

        for (var letter = 1; letter <= Letters; letter++)
        {
            ends[letter] += ends[letter - 1];
        }

        fixed (ulong* scattered = _scattered)
        {
            for (var i = low; i < high; i++)
            {
                scattered[ends[items[i] >> letterShift]++] = items[i];
            }

            new Span<ulong>(scattered, high - low).CopyTo(new Span<ulong>(items + low, high - low));
        }

        for (int letter = 0, begin = 0; letter < Letters; letter++)
        {
            if (ends[letter] - begin > 1)
            {
                Sorting.Sort(items, low + begin, low + ends[letter]);
            }

            begin = ends[letter];
        }
    }

    private void SortByRanks(int count, int distance)
    {
        _next.Clear();
        fixed (ulong* items = _items)
        fixed (int* ranks = _ranks)
        {
            foreach (var (start, high) in _groups)
            {
                for (var i = start; i < high; i++)
                {
                    var number = items[i] & PlaceMask;
                    var further = (int)number + distance;
                    items[i] = ((ulong)ranks[further < count ? further : further - count] << PlaceBits) | number;
                }

                Sorting.Sort(items, start, high);
                for (int low = start, i = low + 1; i <= high; i++)
                {
                    if (i == high || items[i] >> PlaceBits != items[low] >> PlaceBits)
                    {
                        if (i - low > 1)
                        {
                            _next.Add((low, i));
                        }

                        for (var same = low; same < i; same++)
                        {
                            ranks[items[same] & PlaceMask] = low;
                        }

                        low = i;
                    }
                }
            }
        }

        (_groups, _next) = (_next, _groups);
    }

    /// <summary>Letters from a place to the next one.</summary>
    private static int Way(int* places, int count, int length, ulong item)
    {
        var number = (int)(item & PlaceMask);
        return number + 1 < count ? places[number + 1] - places[number] : places[0] + length - places[number];
    }

    private static ulong Key(byte* at, int number) =>
        (BinaryPrimitives.ReverseEndianness(*(ulong*)at) & ~PlaceMask) | (uint)number;
}
