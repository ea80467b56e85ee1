using K4os.Compression.LZ4;

namespace CondaFuse.Compression.Portable;

/// <summary>Codecs in managed code, with deflate from the zlib that every native .NET program contains. There is none for xz.</summary>
internal sealed class PortableCodecs : CodecLibrary
{
    public override ICodec Zstd { get; } = new PortableZstdCodec();

    public override ICodec Gzip { get; } = new ZlibCodec();

    public override ICodec Lz4 { get; } = new PortableLz4Codec();

    public override ICodec Xz { get; } = new RefusedXzCodec();

    public override IStreamDecoder ZstdStream() => new PortableZstdStreamDecoder();

    public override IStreamDecoder Bzip2Stream() => new PortableBzip2StreamDecoder();

    public override IStreamDecoder XzStream() => throw RefusedXzCodec.Failure;

    public override IBlockDecompressor RawDeflate() => new ZlibDecompressor(Zlib.Bare);

    public override IBlockCompressor RawDeflateCompressor(int level) =>
        new ZlibCompressor(Compression.RawDeflateCompressor.Levels.Check(level), Zlib.Bare);

    public override IBlockCompressor GzipMember(int level) => new ZlibCompressor(new LevelRange(0, 12, 6).Check(level), Zlib.Gzip);

    public override IBlockCompressor Bzip2Member(int level) => new PortableBzip2Compressor(level);

    public override IBlockCompressor XzMember(int level, ulong branchFilter) => throw RefusedXzCodec.Failure;

    public override unsafe uint Crc32(uint before, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* from = bytes)
        {
            return from is null ? before : (uint)Zlib.crc32(before, from, (uint)bytes.Length);
        }
    }
}

/// <summary>
/// Raw lz4 blocks with K4os.Compression.LZ4: level 1 uses the fast compressor, higher levels the high-compression one, whose lowest level is 3.
/// </summary>
internal sealed class PortableLz4Codec : ICodec
{
    public string Name => "lz4";

    public LevelRange Levels => new(1, 12, 9);

    public IBlockCompressor CreateCompressor(int level, int blockSize) =>
        new Compressor(Levels.Check(level) == 1 ? LZ4Level.L00_FAST : (LZ4Level)Math.Max(level, (int)LZ4Level.L03_HC));

    public IBlockDecompressor CreateDecompressor() => new Decompressor();

    private sealed class Compressor(LZ4Level level) : IBlockCompressor
    {
        public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) => Math.Max(LZ4Codec.Encode(source, destination, level), 0);

        public void Dispose()
        {
        }
    }

    private sealed class Decompressor : IBlockDecompressor
    {
        public bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
        {
            var length = LZ4Codec.Decode(source, destination);
            written = Math.Max(length, 0);
            return length >= 0;
        }

        public void Dispose()
        {
        }
    }
}

/// <summary>xz, which no managed library writes, and none of those used here reads: a portable build reports that.</summary>
internal sealed class RefusedXzCodec : ICodec
{
    private const string Reason =
        "it is compressed with xz, which the portable build of condafuse does not support; a build with './install.sh' does";

    public static CodecException Failure => new("the portable build of condafuse does not support xz; a build with './install.sh' does");

    public string Name => "xz";

    public string Refusal => Reason;

    public LevelRange Levels => new(0, 9, 6);

    public IBlockCompressor CreateCompressor(int level, int blockSize) => throw Failure;

    public IBlockDecompressor CreateDecompressor() => throw Failure;
}
