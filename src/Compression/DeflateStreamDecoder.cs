namespace CondaFuse.Compression;

/// <summary>Raw deflate by zlib, whose state can be copied anywhere in a stream.</summary>
internal sealed unsafe class DeflateStreamDecoder : IStreamDecoder
{
    private readonly Zlib.StreamHandle _stream;

    public DeflateStreamDecoder()
        : this(Zlib.Decompressing(Zlib.Bare))
    {
    }

    private DeflateStreamDecoder(Zlib.StreamHandle stream) => _stream = stream;

    public DecodeStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(_stream.IsClosed, this);
        var stream = _stream.Pointer;
        byte nothing = 0;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            stream->NextIn = from;
            stream->AvailableIn = (uint)source.Length;
            stream->NextOut = to is null ? &nothing : to;
            stream->AvailableOut = (uint)destination.Length;
            var result = Zlib.inflate(stream, Zlib.NoFlush);
            consumed = source.Length - (int)stream->AvailableIn;
            written = destination.Length - (int)stream->AvailableOut;
            stream->NextIn = stream->NextOut = null;
            stream->AvailableIn = stream->AvailableOut = 0;
            return result switch
            {
                Zlib.Ok or Zlib.BufferError => DecodeStatus.Going,
                Zlib.StreamEnd => DecodeStatus.Ended,
                _ => DecodeStatus.Damaged,
            };
        }
    }

    public IStreamDecoder? TryCopy()
    {
        var copy = new Zlib.StreamHandle(compresses: false);
        if (Zlib.inflateCopy(copy.Pointer, _stream.Pointer) == Zlib.Ok)
        {
            return new DeflateStreamDecoder(copy);
        }

        copy.Dispose();
        return null;
    }

    public void Dispose() => _stream.Dispose();
}
