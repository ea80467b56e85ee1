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

/// <summary>Compresses one block after the other, each on its own. Not for several threads at once.</summary>
public interface IBlockCompressor : IDisposable
{
    /// <summary>Compresses a block. The same input gives the same output, whatever was compressed before.</summary>
    /// <returns>Length of the output in bytes, or 0 if it does not fit into <paramref name="destination"/>.</returns>
    int Compress(ReadOnlySpan<byte> source, Span<byte> destination);
}

/// <summary>Decompresses one block after the other. Not for several threads at once.</summary>
public interface IBlockDecompressor : IDisposable
{
    /// <summary>
    /// Decompresses a block. Whatever the input, nothing beyond <paramref name="destination"/> is written and no memory is taken on its word.
    /// </summary>
    /// <param name="source">The compressed block.</param>
    /// <param name="destination">Takes the content; must hold all of it.</param>
    /// <param name="written">Length of the content in bytes.</param>
    /// <returns>False if the input is damaged or its content longer than the destination.</returns>
    bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written);
}

/// <summary>Decompresses a stream of any length, piece by piece. Not for several threads at once.</summary>
public interface IStreamDecoder : IDisposable
{
    /// <summary>Goes on. Whatever the input, nothing outside of <paramref name="destination"/> is written.</summary>
    /// <param name="source">The input from where the last call stopped.</param>
    /// <param name="destination">Takes content.</param>
    /// <param name="consumed">Bytes of input that were taken.</param>
    /// <param name="written">Bytes of content.</param>
    DecodeStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written);

    /// <summary>A decoder of its own that is where this one is; null where the library can make none.</summary>
    IStreamDecoder? TryCopy();
}

/// <summary>How far a decoder came.</summary>
public enum DecodeStatus
{
    /// <summary>It wants more input, or more room.</summary>
    Going,

    /// <summary>The stream ended; what follows belongs to no stream, or to the next one.</summary>
    Ended,

    /// <summary>The input breaks its format's rules, or asks for more memory than is given.</summary>
    Damaged,
}

/// <summary>The levels of a codec, from fast to small.</summary>
/// <param name="Lowest">The fastest.</param>
/// <param name="Highest">The smallest output.</param>
/// <param name="Default">What is taken where nobody says otherwise.</param>
public readonly record struct LevelRange(int Lowest, int Highest, int Default)
{
    /// <summary>Whether the codec has this level.</summary>
    public bool Contains(int level) => level >= Lowest && level <= Highest;

    internal int Check(int level) =>
        Contains(level)
            ? level
            : throw new ArgumentOutOfRangeException(nameof(level), level, $"The level must be {Lowest} to {Highest}.");
}

/// <summary>An option of a codec beside its level.</summary>
/// <param name="Name">Its name: <c>dict-size</c>.</param>
/// <param name="Values">What it takes, for a person.</param>
public sealed record CodecOption(string Name, string Values);

/// <summary>A codec that cannot be set up on this machine: no memory for its context, or a library built without it.</summary>
/// <param name="message">What could not be had.</param>
public sealed class CodecException(string message) : Exception(message);
