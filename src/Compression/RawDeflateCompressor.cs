namespace CondaFuse.Compression;

/// <summary>Bare deflate (RFC 1951), all at once.</summary>
/// <param name="level">1 to 12.</param>
public sealed class RawDeflateCompressor(int level) : IBlockCompressor
{
    private readonly IBlockCompressor _compressor = CodecLibrary.Current.RawDeflateCompressor(level);

    /// <summary>The levels that there are, with the one that zip programs take.</summary>
    public static LevelRange Levels => new(1, 12, 6);

    /// <inheritdoc/>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) => _compressor.Compress(source, destination);

    /// <inheritdoc/>
    public void Dispose() => _compressor.Dispose();
}
