namespace CondaFuse.Compression.Tests;

public sealed class CodecTests
{
    public static TheoryData<string, int> EveryLevel()
    {
        var data = new TheoryData<string, int>();
        foreach (var codec in Codecs.All.Where(codec => codec != Codecs.None))
        {
            for (var level = codec.Levels.Lowest; level <= codec.Levels.Highest; level++)
            {
                data.Add(codec.Name, level);
            }
        }

        return data;
    }

    public static TheoryData<string> EveryCompressingCodec() => new("zstd", "xz", "gzip", "lz4");

    [Theory]
    [MemberData(nameof(EveryLevel))]
    public void A_block_is_restored_at_every_level(string name, int level)
    {
        var codec = Codecs.Find(name)!;
        var block = Samples.Text(131072);
        using var compressor = codec.CreateCompressor(level, block.Length);
        using var decompressor = codec.CreateDecompressor();
        var packed = new byte[block.Length];

        var length = compressor.Compress(block, packed);
        Assert.InRange(length, 1, block.Length / 2);

        var again = new byte[block.Length];
        Assert.True(decompressor.TryDecompress(packed.AsSpan(0, length), again, out var written));
        Assert.Equal(block.Length, written);
        Assert.Equal(block, again);
    }

    [Theory]
    [MemberData(nameof(EveryCompressingCodec))]
    public void The_output_depends_only_on_the_input(string name)
    {
        var codec = Codecs.Find(name)!;
        var block = Samples.Text(50000);
        var first = new byte[block.Length];
        var second = new byte[block.Length];
        using var fresh = codec.CreateCompressor(codec.Levels.Default, 131072);
        using var used = codec.CreateCompressor(codec.Levels.Default, 131072);

        used.Compress(Samples.Noise(131072), new byte[131072]);
        used.Compress(Samples.Text(777), new byte[777]);

        Assert.Equal(fresh.Compress(block, first), used.Compress(block, second));
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("xz")]
    [InlineData("gzip")]
    [InlineData("lz4")]
    [InlineData("none")]
    public void Incompressible_input_is_reported(string name)
    {
        var codec = Codecs.Find(name)!;
        var noise = Samples.Noise(65536);
        using var compressor = codec.CreateCompressor(codec.Levels.Default, noise.Length);

        Assert.Equal(0, compressor.Compress(noise, new byte[noise.Length - 1]));
    }

    [Theory]
    [MemberData(nameof(EveryCompressingCodec))]
    public void Content_longer_than_the_destination_is_refused_and_nothing_written_behind_it(string name)
    {
        var codec = Codecs.Find(name)!;
        var block = Samples.Text(8192);
        var packed = new byte[8192];
        using var compressor = codec.CreateCompressor(codec.Levels.Default, 8192);
        using var decompressor = codec.CreateDecompressor();
        var length = compressor.Compress(block, packed);
        var room = new byte[8192];
        Array.Fill(room, (byte)0xA5);

        Assert.False(decompressor.TryDecompress(packed.AsSpan(0, length), room.AsSpan(0, 8000), out _));
        Assert.All(room[8000..], b => Assert.Equal(0xA5, b));
    }

    [Theory]
    [MemberData(nameof(EveryCompressingCodec))]
    public void Damaged_input_never_throws_and_never_outgrows_the_destination(string name)
    {
        var codec = Codecs.Find(name)!;
        var block = Samples.Text(8192);
        var packed = new byte[8192];
        using var compressor = codec.CreateCompressor(codec.Levels.Default, 8192);
        using var decompressor = codec.CreateDecompressor();
        var length = compressor.Compress(block, packed);
        var random = new Random(7);
        var room = new byte[8192];
        for (var round = 0; round < 2000; round++)
        {
            var hurt = packed.AsSpan(0, length).ToArray();
            hurt[random.Next(length)] ^= (byte)(1 + random.Next(255));
            if (decompressor.TryDecompress(hurt.AsSpan(0, random.Next(1, length + 1)), room, out var written))
            {
                Assert.InRange(written, 0, room.Length);
            }
        }

        Assert.False(decompressor.TryDecompress(packed.AsSpan(0, length / 2), room, out _));
        Assert.False(decompressor.TryDecompress(Samples.Noise(3000), room, out _));
        Assert.True(decompressor.TryDecompress(packed.AsSpan(0, length), room, out _));
        Assert.Equal(block, room);
    }

    [Theory]
    [InlineData("zstd", 0)]
    [InlineData("zstd", 23)]
    [InlineData("xz", 10)]
    [InlineData("gzip", 0)]
    [InlineData("lz4", 13)]
    [InlineData("none", 1)]
    public void A_level_that_the_codec_does_not_know_is_refused(string name, int level) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Codecs.Find(name)!.CreateCompressor(level, 131072));

    [Fact]
    public void A_codec_is_found_only_by_its_name()
    {
        Assert.Same(Codecs.Zstd, Codecs.Find("zstd"));
        Assert.Null(Codecs.Find("ZSTD"));
        Assert.Null(Codecs.Find("lzo"));
    }

    [Theory]
    [InlineData("lz4")]
    [InlineData("zstd")]
    [InlineData("gzip")]
    [InlineData("xz")]
    public void A_bomb_stops_at_the_end_of_the_destination(string name)
    {
        var codec = Codecs.Find(name)!;
        var zeros = new byte[1 << 20];
        var packed = new byte[1 << 20];
        using var compressor = codec.CreateCompressor(codec.Levels.Default, zeros.Length);
        using var decompressor = codec.CreateDecompressor();
        var length = compressor.Compress(zeros, packed);

        Assert.False(decompressor.TryDecompress(packed.AsSpan(0, length), new byte[8192], out _));
    }

    [Fact]
    public void The_filter_for_its_processor_makes_machine_code_smaller()
    {
        // The library that runs this test. On a processor other than x86, the filter does not help and is not used.
        var code = File.ReadAllBytes("/proc/self/exe").AsSpan(0, 1 << 16).ToArray();
        var plain = Packed(Codecs.Xz, code);
        var filtered = Packed(Codecs.Xz.With("bcj", "x86,arm,powerpc,ia64,armthumb,sparc"), code);

        Assert.InRange(filtered.Length, 1, plain.Length);
        using var decompressor = Codecs.Xz.CreateDecompressor();
        var again = new byte[code.Length];
        Assert.True(decompressor.TryDecompress(filtered, again, out _));
        Assert.Equal(code, again);
    }

    [Fact]
    public void A_shorter_dictionary_finds_no_match_that_is_far_away()
    {
        var noise = Samples.Noise(60000);
        var twice = (byte[])[.. noise, .. noise];

        Assert.InRange(Packed(Codecs.Xz, twice).Length, 60000, 61000);
        Assert.Empty(Packed(Codecs.Xz.With("dict-size", "8192"), twice));
    }

    [Theory]
    [InlineData("zstd", "dict-size", "8192", "zstd has no option 'dict-size'")]
    [InlineData("xz", "window", "1", "xz has no option 'window'")]
    [InlineData("xz", "dict-size", "10000", "'10000' is not a valid dict-size")]
    [InlineData("xz", "dict-size", "2097152", "'2097152' is not a valid dict-size")]
    [InlineData("xz", "bcj", "x86,mips", "'mips' is not a bcj filter of xz")]
    public void An_option_that_the_codec_does_not_know_is_refused(string name, string option, string value, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => Codecs.Find(name)!.With(option, value)).Message, StringComparison.Ordinal);

    private static byte[] Packed(ICodec codec, byte[] block)
    {
        using var compressor = codec.CreateCompressor(codec.Levels.Default, 131072);
        var packed = new byte[block.Length];
        return packed[..compressor.Compress(block, packed)];
    }
}
