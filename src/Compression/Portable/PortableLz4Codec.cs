using K4os.Compression.LZ4;

namespace CondaFuse.Compression.Portable;

/// <summary>Bare lz4 blocks by K4os.Compression.LZ4: level 1 by the fast compressor, from 2 on by the high-compression one, whose lowest level is 3.</summary>
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
