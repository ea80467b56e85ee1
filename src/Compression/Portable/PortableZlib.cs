namespace CondaFuse.Compression.Portable;

/// <summary>Deflate in zlib's framing (RFC 1950), which SquashFS calls gzip. Levels above 9 are treated as 9.</summary>
internal sealed class ZlibCodec : ICodec
{
    public string Name => "gzip";

    public LevelRange Levels => new(1, 12, 9);

    public IBlockCompressor CreateCompressor(int level, int blockSize) => new ZlibCompressor(Levels.Check(level), Zlib.Framed);

    public IBlockDecompressor CreateDecompressor() => new ZlibDecompressor(Zlib.Framed);
}

/// <summary>Compresses whole contents with zlib.</summary>
/// <param name="level">0 to 12; levels above 9 are treated as 9.</param>
/// <param name="framing">One of the framings in <see cref="Zlib"/>.</param>
internal sealed unsafe class ZlibCompressor(int level, int framing) : IBlockCompressor
{
    private const int Highest = 9;

    private readonly Zlib.StreamHandle _stream = Zlib.Compressing(Math.Min(level, Highest), framing);

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_stream.IsClosed, this);
        var stream = _stream.Pointer;
        byte nothing = 0;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var result = Zlib.deflateReset(stream);
            stream->NextIn = from is null ? &nothing : from;
            stream->AvailableIn = (uint)source.Length;
            stream->NextOut = to is null ? &nothing : to;
            stream->AvailableOut = (uint)destination.Length;
            result = result == Zlib.Ok ? Zlib.deflate(stream, Zlib.Finish) : result;
            stream->NextIn = stream->NextOut = null;
            return result == Zlib.StreamEnd ? destination.Length - (int)stream->AvailableOut : 0;
        }
    }

    public void Dispose() => _stream.Dispose();
}

/// <summary>Decompresses whole contents with zlib.</summary>
/// <param name="framing">One of the framings in <see cref="Zlib"/>.</param>
internal sealed unsafe class ZlibDecompressor(int framing) : IBlockDecompressor
{
    private readonly Zlib.StreamHandle _stream = Zlib.Decompressing(framing);

    public bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        ObjectDisposedException.ThrowIf(_stream.IsClosed, this);
        var stream = _stream.Pointer;
        byte nothing = 0;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var result = Zlib.inflateReset(stream);
            stream->NextIn = from is null ? &nothing : from;
            stream->AvailableIn = (uint)source.Length;
            stream->NextOut = to is null ? &nothing : to;
            stream->AvailableOut = (uint)destination.Length;
            result = result == Zlib.Ok ? Zlib.inflate(stream, Zlib.Finish) : result;
            stream->NextIn = stream->NextOut = null;
            written = result == Zlib.StreamEnd ? destination.Length - (int)stream->AvailableOut : 0;
            return result == Zlib.StreamEnd;
        }
    }

    public void Dispose() => _stream.Dispose();
}
