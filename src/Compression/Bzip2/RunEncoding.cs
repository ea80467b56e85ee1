using System.Numerics;
using System.Runtime.Intrinsics;

namespace CondaFuse.Compression.Bzip2;

/// <summary>The first step: four equal bytes are followed by how many more there are, 0 to 251.</summary>
internal static class RunEncoding
{
    private const int Marked = 4;
    private const int Longest = 255;

    /// <summary>Encodes as much as fits.</summary>
    /// <param name="source">What is to be encoded.</param>
    /// <param name="block">Takes the block.</param>
    /// <param name="length">Bytes of the block.</param>
    /// <returns>Bytes of the source that it stands for.</returns>
    public static int Encode(ReadOnlySpan<byte> source, Span<byte> block, out int length)
    {
        var (from, to) = (0, 0);
        while (from < source.Length && to + Marked < block.Length)
        {
            var single = Singles(source.Slice(from, Math.Min(source.Length - from, block.Length - Marked - to)));
            source.Slice(from, single).CopyTo(block[to..]);
            (from, to) = (from + single, to + single);
            if (single > 0)
            {
                continue;
            }

            var letter = source[from];
            var rest = source[from..Math.Min(source.Length, from + Longest)];
            var run = rest.IndexOfAnyExcept(letter);
            run = run < 0 ? rest.Length : run;
            block.Slice(to, Math.Min(run, Marked)).Fill(letter);
            to += Math.Min(run, Marked);
            if (run >= Marked)
            {
                block[to++] = (byte)(run - Marked);
            }

            from += run;
        }

        length = to;
        return from;
    }

    /// <summary>How many bytes there are, at the beginning, that the next one differs from; the last of all has no next one.</summary>
    private static int Singles(ReadOnlySpan<byte> source)
    {
        var at = 0;
        for (; at + Vector128<byte>.Count < source.Length; at += Vector128<byte>.Count)
        {
            var same = Vector128.Equals(Vector128.Create(source[at..]), Vector128.Create(source[(at + 1)..])).ExtractMostSignificantBits();
            if (same != 0)
            {
                return at + BitOperations.TrailingZeroCount(same);
            }
        }

        while (at + 1 < source.Length && source[at] != source[at + 1])
        {
            at++;
        }

        return at + 1 == source.Length ? source.Length : at;
    }
}
