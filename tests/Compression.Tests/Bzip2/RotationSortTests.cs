using CondaFuse.Compression.Bzip2;

namespace CondaFuse.Compression.Tests.Bzip2;

public sealed class RotationSortTests
{
    private readonly RotationSort sort = new(2000);

    public static TheoryData<int, int> AlphabetsAndLengths => new() { { 2, 12 }, { 3, 8 }, { 4, 6 } };

    [Theory]
    [MemberData(nameof(AlphabetsAndLengths))]
    public void Every_short_block_is_sorted_as_comparing_sorts_it(int alphabet, int longest)
    {
        for (var length = 1; length <= longest; length++)
        {
            for (var number = 0; number < Math.Pow(alphabet, length); number++)
            {
                var block = new byte[length];
                for (int i = 0, rest = number; i < length; i++, rest /= alphabet)
                {
                    block[i] = (byte)(rest % alphabet * 85);
                }

                Check(block);
            }
        }
    }

    [Fact]
    public void Blocks_of_all_kinds_are_sorted_as_comparing_sorts_them()
    {
        var random = new Random(3);
        for (var round = 0; round < 400; round++)
        {
            var alphabet = 1 << random.Next(9);
            var unit = new byte[random.Next(1, 300)];
            for (var i = 0; i < unit.Length; i++)
            {
                unit[i] = (byte)random.Next(alphabet);
            }

            // Repeated, and sometimes disturbed: long common prefixes that end somewhere.
            var block = Enumerable.Range(0, random.Next(1, 5)).SelectMany(_ => unit).ToArray();
            for (var changes = random.Next(3); changes > 0; changes--)
            {
                block[random.Next(block.Length)] = (byte)random.Next(alphabet);
            }

            Check(block);
        }
    }

    private void Check(byte[] block)
    {
        var order = Enumerable.Range(0, block.Length).ToArray();
        var twice = (byte[])[.. block, .. block];
        Array.Sort(order, (x, y) => twice.AsSpan(x, block.Length).SequenceCompareTo(twice.AsSpan(y, block.Length)));
        var column = new byte[block.Length];
        var own = sort.Transform(block, column);

        Assert.Equal(order.Select(start => twice[start + block.Length - 1]), column);
        Assert.True(twice.AsSpan(order[own], block.Length).SequenceEqual(block), "the block itself is at another place");
    }
}
