namespace CondaFuse.Compression;

/// <summary>A way to compress blocks of at most 1 MiB. Codecs have no state and may be shared; what they create may not.</summary>
public interface ICodec
{
    /// <summary>The name that people use: <c>zstd</c>, <c>xz</c>, <c>gzip</c>, <c>lz4</c>, <c>none</c>.</summary>
    string Name { get; }

    /// <summary>The levels that the codec knows.</summary>
    LevelRange Levels { get; }

    /// <summary>Creates a compressor, for one thread at a time.</summary>
    /// <param name="level">One of <see cref="Levels"/>.</param>
    /// <param name="blockSize">Length of the longest block that it will be given, in bytes; a power of two.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is not one of <see cref="Levels"/>.</exception>
    IBlockCompressor CreateCompressor(int level, int blockSize);

    /// <summary>Creates a decompressor, for one thread at a time.</summary>
    IBlockDecompressor CreateDecompressor();
}
