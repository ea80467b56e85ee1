namespace CondaFuse.Registry.Layout;

/// <summary>
/// A sum of 65536 bytes that moves on by one byte in constant time, so content is found in a file wherever it lies. Equal sums are only a hint:
/// digests decide. It is a polynomial in <see cref="Factor"/> with the bytes as coefficients, the last byte times 1, modulo 2⁶⁴.
/// </summary>
internal static class RollingSum
{
    private const ulong Factor = 0x9E37_79B9_7F4A_7C15;
    private const ulong Factor2 = unchecked(Factor * Factor);
    private const ulong Factor3 = unchecked(Factor2 * Factor);
    private const ulong Factor4 = unchecked(Factor3 * Factor);
    private static readonly ulong Leaving = Power(IndexFormat.LeafBytes);

    /// <summary>The sum of some bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> content)
    {
        var sum = 0UL;
        for (; content.Length >= 4; content = content[4..])
        {
            sum = (sum * Factor4) + (content[0] * Factor3) + (content[1] * Factor2) + (content[2] * Factor) + content[3];
        }

        foreach (var value in content)
        {
            sum = (sum * Factor) + value;
        }

        return sum;
    }

    /// <summary>The sum of the 65536 bytes that begin one byte later.</summary>
    /// <param name="sum">The sum before.</param>
    /// <param name="first">The byte that leaves.</param>
    /// <param name="next">The byte that enters.</param>
    public static ulong Next(ulong sum, byte first, byte next) => (sum * Factor) + next - (first * Leaving);

    private static ulong Power(int exponent)
    {
        var power = 1UL;
        for (var done = 0; done < exponent; done++)
        {
            power *= Factor;
        }

        return power;
    }
}
