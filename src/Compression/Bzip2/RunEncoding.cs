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
            var letter = source[from];
            if (from + 1 == source.Length || source[from + 1] != letter)
            {
                block[to++] = letter;
                from++;
                continue;
            }

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
}
