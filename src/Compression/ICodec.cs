namespace CondaFuse.Compression;

/// <summary>A way to compress blocks, in an image of at most 1 MiB. Codecs have no state and may be shared; what they create may not.</summary>
public interface ICodec
{
    /// <summary>The name that people use: <c>zstd</c>, <c>xz</c>, <c>gzip</c>, <c>lz4</c>, <c>none</c>.</summary>
    string Name { get; }

    /// <summary>The levels that the codec knows.</summary>
    LevelRange Levels { get; }

    /// <summary>Why this build can neither read nor write it, for a person; null if it can.</summary>
    string? Refusal => null;

    /// <summary>What can be chosen beside the level.</summary>
    IReadOnlyList<CodecOption> Options => [];

    /// <summary>This codec with an option set.</summary>
    /// <exception cref="ArgumentException">It has no such option, or the value is none of it; the message says so to a person.</exception>
    ICodec With(string option, string value) => throw new ArgumentException($"{Name} has no option '{option}'", nameof(option));

    /// <summary>Creates a compressor, for one thread at a time.</summary>
    /// <param name="level">One of <see cref="Levels"/>.</param>
    /// <param name="blockSize">Length of the longest block that it will be given, in bytes; a power of two.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is not one of <see cref="Levels"/>.</exception>
    IBlockCompressor CreateCompressor(int level, int blockSize);

    /// <summary>Creates a decompressor, for one thread at a time.</summary>
    IBlockDecompressor CreateDecompressor();
}
