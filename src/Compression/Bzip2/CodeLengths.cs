namespace CondaFuse.Compression.Bzip2;

/// <summary>Lengths of Huffman codes (D. A. Huffman, 1952), of at most <see cref="Longest"/> bits.</summary>
internal static class CodeLengths
{
    /// <summary>What every decoder takes; the format would allow 20.</summary>
    public const int Longest = 17;

    /// <summary>The most symbols that a block has.</summary>
    public const int MostSymbols = 258;

    /// <summary>Makes lengths for symbols that come so often.</summary>
    public static void Make(ReadOnlySpan<int> counts, Span<byte> lengths)
    {
        Span<uint> order = stackalloc uint[MostSymbols];
        order = order[..counts.Length];
        for (var shift = 0; !TryMake(counts, lengths, order, shift); shift++)
        {
            // Counts that differ less give codes that differ less.
        }
    }

    private static bool TryMake(ReadOnlySpan<int> counts, Span<byte> lengths, Span<uint> order, int shift)
    {
        const int symbolBits = 9;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            order[symbol] = ((uint)Math.Max((counts[symbol] >> shift) + (shift > 0 ? 1 : 0), 1) << symbolBits) | (uint)symbol;
        }

        order.Sort();

        // Leaves from the rarest on, then inner nodes in the order of their weights.
        Span<uint> weights = stackalloc uint[2 * MostSymbols];
        Span<int> parents = stackalloc int[2 * MostSymbols];
        var leaves = order.Length;
        for (var i = 0; i < leaves; i++)
        {
            weights[i] = order[i] >> symbolBits;
        }

        var (leaf, inner) = (0, leaves);
        for (var node = leaves; node < (2 * leaves) - 1; node++)
        {
            weights[node] = 0;
            for (var child = 0; child < 2; child++)
            {
                var lightest = leaf < leaves && (inner == node || weights[leaf] <= weights[inner]) ? leaf++ : inner++;
                weights[node] += weights[lightest];
                parents[lightest] = node;
            }
        }

        Span<byte> depths = stackalloc byte[2 * MostSymbols];
        depths[(2 * leaves) - 2] = 0;
        for (var node = (2 * leaves) - 3; node >= 0; node--)
        {
            depths[node] = (byte)(depths[parents[node]] + 1);
            if (depths[node] > Longest)
            {
                return false;
            }
        }

        for (var i = 0; i < leaves; i++)
        {
            lengths[(int)(order[i] & ((1 << symbolBits) - 1))] = depths[i];
        }

        return true;
    }
}
