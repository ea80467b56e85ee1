namespace CondaFuse.Compression;

/// <summary>
/// A method to compress blocks of at most 1 MiB (in images). Codecs are stateless and may be shared; the objects that they create may not.
/// </summary>
public interface ICodec
{
    /// <summary>The user-visible name: <c>zstd</c>, <c>xz</c>, <c>gzip</c>, <c>lz4</c>, <c>none</c>.</summary>
    string Name { get; }

    /// <summary>The supported levels.</summary>
    LevelRange Levels { get; }

    /// <summary>Why this build does not support it, in words for the user; null if it does.</summary>
    string? Refusal => null;

    /// <summary>Options besides the level.</summary>
    IReadOnlyList<CodecOption> Options => [];

    /// <summary>This codec with an option set.</summary>
    /// <exception cref="ArgumentException">There is no such option, or the value is invalid; the message is for the user.</exception>
    ICodec With(string option, string value) => throw new ArgumentException($"{Name} has no option '{option}'", nameof(option));

    /// <summary>Creates a compressor, for one thread at a time.</summary>
    /// <param name="level">One of <see cref="Levels"/>.</param>
    /// <param name="blockSize">Maximum length of the blocks that it will be given, in bytes; a power of two.</param>
    /// <exception cref="ArgumentOutOfRangeException">The level is not one of <see cref="Levels"/>.</exception>
    IBlockCompressor CreateCompressor(int level, int blockSize);

    /// <summary>Creates a decompressor, for one thread at a time.</summary>
    IBlockDecompressor CreateDecompressor();
}

/// <summary>Compresses blocks independently of each other. Not thread-safe.</summary>
public interface IBlockCompressor : IDisposable
{
    /// <summary>Compresses a block. The output depends only on the input.</summary>
    /// <returns>Length of the output in bytes, or 0 if it does not fit into <paramref name="destination"/>.</returns>
    int Compress(ReadOnlySpan<byte> source, Span<byte> destination);
}

/// <summary>Decompresses blocks. Not thread-safe.</summary>
public interface IBlockDecompressor : IDisposable
{
    /// <summary>
    /// Decompresses a block. Whatever the input, nothing is written beyond <paramref name="destination"/>, and memory is not allocated according to
    /// sizes in the input.
    /// </summary>
    /// <param name="source">The compressed block.</param>
    /// <param name="destination">Receives the content; must be large enough.</param>
    /// <param name="written">Length of the content in bytes.</param>
    /// <returns>False if the input is damaged, or its content is longer than the destination.</returns>
    bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written);
}

/// <summary>Decompresses a stream of any length, piece by piece. Not thread-safe.</summary>
public interface IStreamDecoder : IDisposable
{
    /// <summary>Continues decompressing. Whatever the input, nothing is written outside <paramref name="destination"/>.</summary>
    /// <param name="source">The input, from where the last call stopped.</param>
    /// <param name="destination">Receives content.</param>
    /// <param name="consumed">Bytes of input consumed.</param>
    /// <param name="written">Bytes of content written.</param>
    DecodeStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written);

    /// <summary>An independent copy of this decoder at its current position; null if the library cannot copy it.</summary>
    IStreamDecoder? TryCopy();
}

/// <summary>The state of a decoder.</summary>
public enum DecodeStatus
{
    /// <summary>It needs more input, or more space for output.</summary>
    Going,

    /// <summary>The stream ended; the remaining input belongs to another stream, or to none.</summary>
    Ended,

    /// <summary>The input is invalid, or requires more memory than allowed.</summary>
    Damaged,
}

/// <summary>The levels of a codec, from fastest to smallest.</summary>
/// <param name="Lowest">The fastest.</param>
/// <param name="Highest">The smallest output.</param>
/// <param name="Default">The default.</param>
public readonly record struct LevelRange(int Lowest, int Highest, int Default)
{
    /// <summary>Whether the codec has this level.</summary>
    public bool Contains(int level) => level >= Lowest && level <= Highest;

    internal int Check(int level) =>
        Contains(level)
            ? level
            : throw new ArgumentOutOfRangeException(nameof(level), level, $"The level must be {Lowest} to {Highest}.");
}

/// <summary>An option of a codec besides its level.</summary>
/// <param name="Name">Its name: <c>dict-size</c>.</param>
/// <param name="Values">Its allowed values, in words for the user.</param>
public sealed record CodecOption(string Name, string Values);

/// <summary>A codec cannot be set up on this machine: no memory for its context, or a library built without it.</summary>
/// <param name="message">What is missing.</param>
public sealed class CodecException(string message) : Exception(message);
