namespace CondaFuse.Compression.Tests;

public sealed class ZstdSearchTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(17)]
    [InlineData(20)]
    public void Blocks_are_hardly_longer_than_the_levels_own(int level)
    {
        Assert.NotEmpty(ZstdSearch.Of(level));
        var code = Samples.Code(Codecs.LargeBlock * 12);
        var own = Length(code, level, blockBytes: Codecs.LargeBlock * 2);
        var sooner = Length(code, level, Codecs.LargeBlock);

        Assert.NotEqual(own, sooner);
        Assert.InRange(sooner, 1, own * 1.025);
    }

    [Fact]
    public void A_higher_level_makes_shorter_blocks()
    {
        var code = Samples.Code(Codecs.LargeBlock * 12);
        var lengths = new[] { 7, 10, 12, 15, 17, 20 }.Select(level => Length(code, level, Codecs.LargeBlock)).ToArray();
        Assert.Equal(lengths.OrderDescending(), lengths);
    }

    private static int Length(byte[] content, int level, int blockBytes)
    {
        using var compressor = Codecs.Zstd.CreateCompressor(level, blockBytes);
        using var decompressor = Codecs.Zstd.CreateDecompressor();
        var (packed, again) = (new byte[Codecs.LargeBlock], new byte[Codecs.LargeBlock]);
        var sum = 0;
        foreach (var block in content.Chunk(Codecs.LargeBlock))
        {
            var length = compressor.Compress(block, packed);
            Assert.True(decompressor.TryDecompress(packed.AsSpan(0, length), again, out var written));
            Assert.Equal(block, again[..written]);
            sum += length;
        }

        return sum;
    }
}
