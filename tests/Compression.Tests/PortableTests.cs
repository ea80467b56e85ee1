using CondaFuse.Compression.Portable;

namespace CondaFuse.Compression.Tests;

/// <summary>The codecs of the portable and the usual build: each reads the other's output, and refuses damaged input.</summary>
public sealed class PortableTests
{
    private static readonly NativeCodecs Native = new();
    private static readonly PortableCodecs Portable = new();

    public static TheoryData<string, int> EveryLevel()
    {
        var data = new TheoryData<string, int>();
        foreach (var codec in new[] { Native.Zstd, Native.Gzip, Native.Lz4 })
        {
            for (var level = codec.Levels.Lowest; level <= codec.Levels.Highest; level++)
            {
                data.Add(codec.Name, level);
            }
        }

        return data;
    }

    public static TheoryData<string> Names() => new("zstd", "gzip", "lz4");

    [Theory]
    [MemberData(nameof(EveryLevel))]
    public void Every_block_of_one_is_decoded_by_the_other(string name, int level)
    {
        foreach (var block in new[] { Samples.Text(1), Samples.Text(4096), Samples.Text(131072), Samples.Code(Codecs.LargeBlock) })
        {
            AssertDecodes(Find(Native, name), Find(Portable, name), level, block);
            AssertDecodes(Find(Portable, name), Find(Native, name), level, block);
        }
    }

    [Fact]
    public void Both_have_the_same_levels()
    {
        foreach (var name in new[] { "zstd", "gzip", "lz4" })
        {
            Assert.Equal(Find(Native, name).Levels, Find(Portable, name).Levels);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Portable_codecs_refuse_damage_and_write_nothing_behind_the_destination(string name)
    {
        var codec = Find(Portable, name);
        var block = Samples.Text(8192);
        var packed = new byte[8192];
        using var compressor = codec.CreateCompressor(codec.Levels.Default, block.Length);
        var length = compressor.Compress(block, packed);
        using var decompressor = codec.CreateDecompressor();
        var random = new Random(7);
        for (var round = 0; round < 2000; round++)
        {
            var damaged = packed[..random.Next(1, length + 1)];
            for (var count = random.Next(1, 8); count > 0; count--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            var room = random.Next(0, 9000);
            var destination = new byte[9100];
            Array.Fill(destination, (byte)0xA5, room, destination.Length - room);
            if (decompressor.TryDecompress(damaged, destination.AsSpan(0, room), out var written))
            {
                Assert.InRange(written, 0, room);
            }

            Assert.Equal(-1, destination.AsSpan(room).IndexOfAnyExcept((byte)0xA5));
        }

        Assert.True(decompressor.TryDecompress(packed.AsSpan(0, length), new byte[8192], out _));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_portable_codec_reports_incompressible_input(string name)
    {
        var noise = Samples.Noise(65536);
        using var compressor = Find(Portable, name).CreateCompressor(Find(Portable, name).Levels.Default, noise.Length);
        Assert.Equal(0, compressor.Compress(noise, new byte[noise.Length - 1]));
    }

    [Fact]
    public void Xz_is_refused_by_name()
    {
        Assert.Contains("xz", Portable.Xz.Refusal, StringComparison.Ordinal);
        Assert.Null(Native.Xz.Refusal);
        Assert.Contains("xz", Assert.Throws<CodecException>(() => Portable.Xz.CreateDecompressor()).Message, StringComparison.Ordinal);
        Assert.Throws<CodecException>(() => Portable.Xz.CreateCompressor(6, 131072));
        Assert.Throws<CodecException>(() => Portable.XzStream());
        Assert.Throws<CodecException>(() => Portable.XzMember(6, 0));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 64)]
    [InlineData(1000, 65536)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_stream_of_one_is_decoded_by_the_other_in_pieces_of_any_length(int inputs, int outputs)
    {
        var content = inputs == 1 ? Samples.Text(5000) : Samples.Code(700_000);
        using var zstd = Native.Zstd.CreateCompressor(6, 1 << 20);
        using var nativeBzip2 = Native.Bzip2Member(3);
        using var portableBzip2 = Portable.Bzip2Member(3);
        AssertStream(Portable.ZstdStream(), Packed(zstd, content), content, inputs, outputs);
        AssertStream(Portable.Bzip2Stream(), Packed(nativeBzip2, content), content, inputs, outputs);
        AssertStream(Native.Bzip2Stream(), Packed(portableBzip2, content), content, inputs, outputs);
    }

    [Fact]
    public void Bytes_after_a_bzip2_stream_are_not_consumed()
    {
        var content = Samples.Text(5000);
        using var compressor = Portable.Bzip2Member(1);
        var packed = Packed(compressor, content);
        using var decoder = Portable.Bzip2Stream();
        var status = decoder.Decode([.. packed, .. "more"u8], new byte[6000], out var consumed, out var written);
        Assert.Equal((DecodeStatus.Ended, packed.Length, content.Length), (status, consumed, written));
    }

    [Fact]
    public void A_damaged_bzip2_stream_is_reported_and_an_unfinished_one_can_be_abandoned()
    {
        using var compressor = Portable.Bzip2Member(1);
        var packed = Packed(compressor, Samples.Text(200_000));
        var random = new Random(3);
        var room = new byte[100_000];
        for (var round = 0; round < 300; round++)
        {
            var damaged = packed[..random.Next(1, packed.Length)];
            damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
            using var decoder = Portable.Bzip2Stream();
            var status = decoder.Decode(damaged, room, out var consumed, out var written);
            Assert.InRange(consumed, 0, damaged.Length);
            Assert.InRange(written, 0, room.Length);
            Assert.True(Enum.IsDefined(status));
        }

        using var nothing = Portable.Bzip2Stream();
        Assert.Equal(DecodeStatus.Damaged, nothing.Decode("no bzip2 at all"u8, new byte[10], out _, out _));
    }

    [Fact]
    public void Deflate_in_every_framing_is_the_same_for_both()
    {
        var content = Samples.Code(300_000);
        foreach (var (from, to) in new (CodecLibrary, CodecLibrary)[] { (Native, Portable), (Portable, Native) })
        {
            using var raw = from.RawDeflateCompressor(6);
            using var back = to.RawDeflate();
            var again = new byte[content.Length];
            Assert.True(back.TryDecompress(Packed(raw, content), again, out var written));
            Assert.Equal(content, again[..written]);
            using var gzip = from.GzipMember(6);
            using var stream = new System.IO.Compression.GZipStream(
                new MemoryStream(Packed(gzip, content)), System.IO.Compression.CompressionMode.Decompress);
            using var unpacked = new MemoryStream();
            stream.CopyTo(unpacked);
            Assert.Equal(content, unpacked.ToArray());
        }

        Assert.Equal(Native.Crc32(17, content), Portable.Crc32(17, content));
        Assert.Equal(Native.Crc32(17, []), Portable.Crc32(17, []));
    }

    [Fact]
    public void The_usual_build_is_the_native_one() => Assert.IsType<NativeCodecs>(CodecLibrary.Current);

    private static ICodec Find(CodecLibrary library, string name) =>
        new[] { library.Zstd, library.Gzip, library.Lz4 }.Single(codec => codec.Name == name);

    private static void AssertDecodes(ICodec from, ICodec to, int level, byte[] block)
    {
        using var compressor = from.CreateCompressor(level, block.Length);
        using var decompressor = to.CreateDecompressor();
        var packed = new byte[MemberCompressors.Room(block.Length)];
        var length = compressor.Compress(block, packed);
        var again = new byte[block.Length];
        Assert.True(decompressor.TryDecompress(packed.AsSpan(0, length), again, out var written));
        Assert.Equal(block, again[..written]);
    }

    private static byte[] Packed(IBlockCompressor compressor, byte[] content)
    {
        var packed = new byte[MemberCompressors.Room(content.Length)];
        return packed[..compressor.Compress(content, packed)];
    }

    private static void AssertStream(IStreamDecoder decoder, byte[] packed, byte[] content, int inputs, int outputs)
    {
        using var _ = decoder;
        using var again = new MemoryStream();
        var buffer = new byte[Math.Min(outputs, content.Length + 1)];
        var (position, status) = (0, DecodeStatus.Going);
        while (status == DecodeStatus.Going)
        {
            status = decoder.Decode(packed.AsSpan(position, Math.Min(inputs, packed.Length - position)), buffer, out var consumed, out var written);
            Assert.True(consumed + written > 0 || status == DecodeStatus.Ended);
            position += consumed;
            again.Write(buffer, 0, written);
        }

        Assert.Equal(DecodeStatus.Ended, status);
        Assert.Equal(packed.Length, position);
        Assert.Equal(content, again.ToArray());
    }
}
