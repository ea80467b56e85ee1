using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CondaFuse.Compression.Bzip2;

/// <summary>
/// The third step: each byte becomes the number of different bytes since it was there last. Runs of zeros are written as their length, in digits one
/// and two with the lowest first; all other numbers are one more than they were, and the greatest symbol ends the block.
/// </summary>
internal static class MoveToFront
{
    private const int Letters = 256;

    /// <summary>Encodes the last column of a block.</summary>
    /// <param name="column">The column.</param>
    /// <param name="used">Which letters there are in it.</param>
    /// <param name="symbols">Takes the symbols: room for one more than the column.</param>
    /// <param name="counts">Takes how often each symbol is there.</param>
    /// <returns>How many symbols there are; the last one is the greatest of all.</returns>
    public static int Encode(ReadOnlySpan<byte> column, ReadOnlySpan<bool> used, Span<ushort> symbols, Span<int> counts)
    {
        var recent = new RecentLetters(stackalloc byte[RecentLetters.Room]);
        var letters = 0;
        for (var letter = 0; letter < Letters; letter++)
        {
            if (used[letter])
            {
                recent.Put(letters++, (byte)letter);
            }
        }

        counts.Clear();
        Debug.Assert(symbols.Length > column.Length && counts.Length == CodeLengths.MostSymbols);
        ref var symbolAt = ref MemoryMarshal.GetReference(symbols);
        ref var countOf = ref MemoryMarshal.GetReference(counts);
        var count = 0;
        var zeros = 0;
        var last = recent.First;
        foreach (var letter in column)
        {
            if (letter == last)
            {
                zeros++;
                continue;
            }

            if (zeros > 0)
            {
                count = PutZeros(zeros, symbols, counts, count);
                zeros = 0;
            }

            last = letter;
            var symbol = recent.Move(letter) + 1;
            Unsafe.Add(ref symbolAt, count++) = (ushort)symbol; // no more than there are letters
            Unsafe.Add(ref countOf, symbol)++;
        }

        count = PutZeros(zeros, symbols, counts, count);
        symbols[count++] = (ushort)(letters + 1);
        counts[letters + 1]++;
        return count;
    }

    private static int PutZeros(int zeros, Span<ushort> symbols, Span<int> counts, int count)
    {
        for (; zeros > 0; zeros = (zeros - 1) / 2)
        {
            var digit = (ushort)((zeros & 1) == 0 ? 1 : 0);
            symbols[count++] = digit;
            counts[digit]++;
        }

        return count;
    }
}
