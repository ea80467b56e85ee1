using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>bzip2 streams. Bindings: <c>bzlib.h</c> 1.0.</summary>
/// <param name="level">1 to 9: the block size in units of 100 000 bytes.</param>
internal sealed partial class Bzip2MemberCompressor(int level) : IBlockCompressor
{
    private const string Library = "libbz2";

    /// <summary><c>BZ_OK</c>, <c>BZ_OUTBUFF_FULL</c>.</summary>
    private const int Ok = 0, Full = -8;

    private readonly int _level = new LevelRange(1, 9, 9).Check(level);

    public unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        byte nothing = 0;
        var length = (uint)destination.Length;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            // libbz2 refuses null pointers, even for empty input.
            var result = BZ2_bzBuffToBuffCompress(
                to is null ? &nothing : to, &length, from is null ? &nothing : from, (uint)source.Length, _level, verbosity: 0, workFactor: 0);
            return result switch
            {
                Ok => (int)length,
                Full => 0,
                _ => throw new CodecException($"libbz2 could not compress: error {result}."),
            };
        }
    }

    public void Dispose()
    {
    }

    [LibraryImport(Library)]
    private static unsafe partial int BZ2_bzBuffToBuffCompress(
        byte* destination, uint* length, byte* source, uint sourceLength, int level, int verbosity, int workFactor);
}

/// <summary>bzip2. Bindings: <c>bzlib.h</c> 1.0.</summary>
internal sealed partial class Bzip2StreamDecoder : IStreamDecoder
{
    private const string Library = "libbz2";

    /// <summary><c>BZ_OK</c>, <c>BZ_STREAM_END</c>.</summary>
    private const int Ok = 0, StreamEnd = 4;

    private readonly StreamHandle _stream;

    public unsafe Bzip2StreamDecoder()
    {
        _stream = new StreamHandle();
        if (BZ2_bzDecompressInit(_stream.Pointer, verbosity: 0, small: 0) != Ok)
        {
            _stream.Dispose();
            throw new CodecException("libbz2 could not make a decoder.");
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
            stream->AvailableIn = (uint)source.Length;
            stream->NextOut = to;
            stream->AvailableOut = (uint)destination.Length;
            var result = BZ2_bzDecompress(stream);
            consumed = source.Length - (int)stream->AvailableIn;
            written = destination.Length - (int)stream->AvailableOut;
            return result switch
            {
                Ok => DecodeStatus.Going,
                StreamEnd => DecodeStatus.Ended,
                _ => DecodeStatus.Damaged,
            };
        }
    }

    public IStreamDecoder? TryCopy() => null;

    public void Dispose() => _stream.Dispose();

    /// <summary><c>bz_stream</c>. It must not move, because libbz2's state points back at it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct BzStream
    {
        public byte* NextIn;
        public uint AvailableIn;
        public uint TotalInLow;
        public uint TotalInHigh;
        public byte* NextOut;
        public uint AvailableOut;
        public uint TotalOutLow;
        public uint TotalOutHigh;
        public void* State;
        public void* Allocate;
        public void* Free;
        public void* Opaque;
    }

    private sealed unsafe class StreamHandle : ContextHandle
    {
        public StreamHandle() => SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(BzStream)));

        public BzStream* Pointer => (BzStream*)handle;

        protected override bool ReleaseHandle()
        {
            _ = BZ2_bzDecompressEnd(Pointer);
            NativeMemory.Free((void*)handle);
            return true;
        }
    }

    [LibraryImport(Library)]
    private static unsafe partial int BZ2_bzDecompressInit(BzStream* stream, int verbosity, int small);

    [LibraryImport(Library)]
    private static unsafe partial int BZ2_bzDecompress(BzStream* stream);

    [LibraryImport(Library)]
    private static unsafe partial int BZ2_bzDecompressEnd(BzStream* stream);
}
