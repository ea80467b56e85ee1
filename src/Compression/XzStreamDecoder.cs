using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>xz streams. Bindings: <c>lzma/base.h</c>, <c>lzma/container.h</c> 5.2 or later.</summary>
internal sealed partial class XzStreamDecoder : IStreamDecoder
{
    private const string Library = "liblzma";

    /// <summary><c>LZMA_OK</c>, <c>LZMA_STREAM_END</c>, <c>LZMA_BUF_ERROR</c>, <c>LZMA_RUN</c>.</summary>
    private const int Ok = 0, StreamEnd = 1, BufferError = 10, Run = 0;

    /// <summary>Enough for <c>xz -9</c>, and far less than a forged dictionary size would require.</summary>
    private const ulong MemoryLimit = 128 << 20;

    private readonly StreamHandle _stream;

    public unsafe XzStreamDecoder()
    {
        _stream = new StreamHandle();
        if (lzma_stream_decoder(_stream.Pointer, MemoryLimit, 0) != Ok)
        {
            _stream.Dispose();
            throw new CodecException("liblzma could not make a decoder.");
        }
    }

    public unsafe DecodeStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(_stream.IsClosed, this);
        var stream = _stream.Pointer;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            stream->NextIn = from;
            stream->AvailableIn = (nuint)source.Length;
            stream->NextOut = to;
            stream->AvailableOut = (nuint)destination.Length;
            var result = lzma_code(stream, Run);
            consumed = source.Length - (int)stream->AvailableIn;
            written = destination.Length - (int)stream->AvailableOut;
            return result switch
            {
                Ok or BufferError => DecodeStatus.Going,
                StreamEnd => DecodeStatus.Ended,
                _ => DecodeStatus.Damaged,
            };
        }
    }

    public IStreamDecoder? TryCopy() => null;

    public void Dispose() => _stream.Dispose();

    /// <summary>The beginning of <c>lzma_stream</c>, which has 136 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 136)]
    private unsafe struct LzmaStream
    {
        public byte* NextIn;
        public nuint AvailableIn;
        public ulong TotalIn;
        public byte* NextOut;
        public nuint AvailableOut;
        public ulong TotalOut;
    }

    private sealed unsafe class StreamHandle : ContextHandle
    {
        public StreamHandle() => SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(LzmaStream)));

        public LzmaStream* Pointer => (LzmaStream*)handle;

        protected override bool ReleaseHandle()
        {
            lzma_end(Pointer);
            NativeMemory.Free((void*)handle);
            return true;
        }
    }

    [LibraryImport(Library)]
    private static unsafe partial int lzma_stream_decoder(LzmaStream* stream, ulong memoryLimit, uint flags);

    [LibraryImport(Library)]
    private static unsafe partial int lzma_code(LzmaStream* stream, int action);

    [LibraryImport(Library)]
    private static unsafe partial void lzma_end(LzmaStream* stream);
}
