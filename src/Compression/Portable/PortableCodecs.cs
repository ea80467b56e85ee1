namespace CondaFuse.Compression.Portable;

/// <summary>Codecs in managed code, with deflate by the zlib that every native .NET program holds. There is none for xz.</summary>
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

    public override IBlockCompressor RawDeflateCompressor(int level) => new ZlibCompressor(Compression.RawDeflateCompressor.Levels.Check(level), Zlib.Bare);

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
