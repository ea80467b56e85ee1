namespace CondaFuse.Compression;

/// <summary>
/// Raw deflate in separately compressed pieces, which form one stream when concatenated. So several threads can compress one content. Not
/// thread-safe.
/// </summary>
/// <param name="level">1 to 9.</param>
public sealed unsafe class DeflatePieceCompressor(int level) : IDisposable
{
    private readonly Zlib.StreamHandle _stream = Zlib.Compressing(level, Zlib.Bare);

    /// <summary>Maximum compressed size of a piece of this length.</summary>
    public static int MaxBytes(int length) => length + (length / 256) + 1024;

    /// <summary>Compresses a piece. The output depends only on the input.</summary>
    /// <param name="source">The piece.</param>
    /// <param name="isLast">Whether it is the end of the stream.</param>
    /// <param name="destination">At least <see cref="MaxBytes"/>.</param>
    /// <returns>Length of the output in bytes.</returns>
    public int Compress(ReadOnlySpan<byte> source, bool isLast, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_stream.IsClosed, this);
        var stream = _stream.Pointer;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var result = Zlib.deflateReset(stream);
            stream->NextIn = from;
            stream->AvailableIn = (uint)source.Length;
            stream->NextOut = to;
            stream->AvailableOut = (uint)destination.Length;
            result = result == Zlib.Ok ? Zlib.deflate(stream, isLast ? Zlib.Finish : Zlib.SyncFlush) : result;
            var written = destination.Length - (int)stream->AvailableOut;
            stream->NextIn = stream->NextOut = null;
            return result == (isLast ? Zlib.StreamEnd : Zlib.Ok) && stream->AvailableIn == 0 && written < destination.Length
                ? written
                : throw new CodecException($"zlib could not compress {source.Length} bytes: {result}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}

/// <summary>Raw deflate (RFC 1951), in one call. Not thread-safe.</summary>
public sealed class RawDeflate : IBlockDecompressor
{
    private readonly IBlockDecompressor _decompressor = CodecLibrary.Current.RawDeflate();

    /// <inheritdoc/>
    public bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written) =>
        _decompressor.TryDecompress(source, destination, out written);

    /// <inheritdoc/>
    public void Dispose() => _decompressor.Dispose();
}

/// <summary>Raw deflate (RFC 1951), in one call.</summary>
/// <param name="level">1 to 12.</param>
public sealed class RawDeflateCompressor(int level) : IBlockCompressor
{
    private readonly IBlockCompressor _compressor = CodecLibrary.Current.RawDeflateCompressor(level);

    /// <summary>The supported levels, with the default of zip programs.</summary>
    public static LevelRange Levels => new(1, 12, 6);

    /// <inheritdoc/>
    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination) => _compressor.Compress(source, destination);

    /// <inheritdoc/>
    public void Dispose() => _compressor.Dispose();
}
