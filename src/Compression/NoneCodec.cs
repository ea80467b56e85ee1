namespace CondaFuse.Compression;

/// <summary>Compresses nothing: no block ever gets smaller, so that every one is stored as it is.</summary>
internal sealed class NoneCodec : ICodec
{
    public string Name => "none";

    public LevelRange Levels => new(0, 0, 0);

    public IBlockCompressor CreateCompressor(int level, int blockSize)
    {
        Levels.Check(level);
        return new Compressor();
    }

    public IBlockDecompressor CreateDecompressor() => new Decompressor();

    private sealed class Compressor : IBlockCompressor
    {
        public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) => 0;

        public void Dispose()
        {
        }
    }

    private sealed class Decompressor : IBlockDecompressor
    {
        public bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
        {
            written = 0;
            return false;
        }

        public void Dispose()
        {
        }
    }
}
