namespace CondaFuse.Compression.Portable;

/// <summary>Decompresses whole contents with zlib.</summary>
/// <param name="framing">One of <see cref="Zlib"/>'s.</param>
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
