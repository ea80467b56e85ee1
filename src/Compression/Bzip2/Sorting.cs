namespace CondaFuse.Compression.Bzip2;

/// <summary>Sorts numbers of which no two are the same.</summary>
internal static unsafe class Sorting
{
    private const int Few = 24;

    /// <summary>Splits so often before something slower, whose time is certain, takes over.</summary>
    private const int MostSplits = 48;

    public static void Sort(ulong* items, int low, int high) => Sort(items, low, high, MostSplits);

    private static void Sort(ulong* items, int low, int high, int splits)
    {
        while (high - low > Few)
        {
            if (splits-- == 0)
            {
                new Span<ulong>(items + low, high - low).Sort();
                return;
            }

            var cut = Split(items, low, high);
            if (cut - low < high - cut)
            {
                Sort(items, low, cut, splits);
                low = cut;
            }
            else
            {
                Sort(items, cut, high, splits);
                high = cut;
            }
        }

        for (var i = low + 1; i < high; i++)
        {
            var item = items[i];
            var to = i;
            for (; to > low && items[to - 1] > item; to--)
            {
                items[to] = items[to - 1];
            }

            items[to] = item;
        }
    }

    /// <summary>Hoare's partition: below the cut nothing is greater than what is above. Neither side is empty.</summary>
    private static int Split(ulong* items, int low, int high)
    {
        var pivot = Middle(items[low], items[low + ((high - low) / 2)], items[high - 1]);
        var (left, right) = (low - 1, high);
        while (true)
        {
            while (items[++left] < pivot)
            {
            }

            while (items[--right] > pivot)
            {
            }

            if (left >= right)
            {
                return left == low ? low + 1 : left;
            }

            (items[left], items[right]) = (items[right], items[left]);
        }
    }

    private static ulong Middle(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
