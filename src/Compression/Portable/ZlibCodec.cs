namespace CondaFuse.Compression.Portable;

/// <summary>Deflate in zlib's framing (RFC 1950), which SquashFS calls gzip, by zlib. Levels above 9 are 9.</summary>
internal sealed class ZlibCodec : ICodec
{
    public string Name => "gzip";

    public LevelRange Levels => new(1, 12, 9);

    public IBlockCompressor CreateCompressor(int level, int blockSize) => new ZlibCompressor(Levels.Check(level), Zlib.Framed);

    public IBlockDecompressor CreateDecompressor() => new ZlibDecompressor(Zlib.Framed);
}
