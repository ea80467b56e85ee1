using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>Bare deflate by zlib, whose state can be copied at any place of a stream. Bindings: <c>zlib.h</c> 1.2 or later, or zlib-ng's like it.</summary>
internal sealed partial class DeflateStreamDecoder : IStreamDecoder
{
    private const string Library = "libz";

    /// <summary><c>Z_OK</c>, <c>Z_STREAM_END</c>, <c>Z_BUF_ERROR</c>, <c>Z_NO_FLUSH</c>.</summary>
    private const int Ok = 0, StreamEnd = 1, BufferError = -5, NoFlush = 0;

    /// <summary>No header, and a window of 32 KiB.</summary>
    private const int BareWindow = -15;

    private readonly StreamHandle _stream;

    public unsafe DeflateStreamDecoder()
    {
        _stream = new StreamHandle();
        if (inflateInit2_(_stream.Pointer, BareWindow, "1"u8, sizeof(ZlibStream)) != Ok)
        {
            _stream.Dispose();
            throw new CodecException("zlib could not make a decoder.");
        }
    }

    private DeflateStreamDecoder(StreamHandle stream) => _stream = stream;

    public unsafe DecodeStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
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
            var result = inflate(stream, NoFlush);
            consumed = source.Length - (int)stream->AvailableIn;
            written = destination.Length - (int)stream->AvailableOut;
            stream->NextIn = stream->NextOut = null;
            stream->AvailableIn = stream->AvailableOut = 0;
            return result switch
            {
                Ok or BufferError => DecodeStatus.Going,
                StreamEnd => DecodeStatus.Ended,
                _ => DecodeStatus.Damaged,
            };
        }
    }

    public unsafe IStreamDecoder? TryCopy()
    {
        var copy = new StreamHandle();
        if (inflateCopy(copy.Pointer, _stream.Pointer) == Ok)
        {
            return new DeflateStreamDecoder(copy);
        }

        copy.Dispose();
        return null;
    }

    public void Dispose() => _stream.Dispose();

    private sealed unsafe class StreamHandle : ContextHandle
    {
        public StreamHandle() => SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(ZlibStream)));

        public ZlibStream* Pointer => (ZlibStream*)handle;

        protected override bool ReleaseHandle()
        {
            _ = inflateEnd(Pointer);
            NativeMemory.Free((void*)handle);
            return true;
        }
    }

    [LibraryImport(Library)]
    private static unsafe partial int inflateInit2_(ZlibStream* stream, int windowBits, ReadOnlySpan<byte> version, int size);

    [LibraryImport(Library)]
    private static unsafe partial int inflate(ZlibStream* stream, int flush);

    [LibraryImport(Library)]
    private static unsafe partial int inflateCopy(ZlibStream* copy, ZlibStream* original);

    [LibraryImport(Library)]
    private static unsafe partial int inflateEnd(ZlibStream* stream);
}
