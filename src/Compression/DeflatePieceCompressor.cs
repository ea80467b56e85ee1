using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>
/// Bare deflate in pieces, each on its own: put behind each other they are one stream, so that several threads can compress one content. Not for several
/// threads at once. Bindings: <c>zlib.h</c> 1.2 or later, or zlib-ng's like it.
/// </summary>
public sealed unsafe partial class DeflatePieceCompressor : IDisposable
{
    private const string Library = "libz";

    /// <summary><c>Z_OK</c>, <c>Z_STREAM_END</c>, <c>Z_SYNC_FLUSH</c>, <c>Z_FINISH</c>, <c>Z_DEFLATED</c>, the default strategy.</summary>
    private const int Ok = 0, StreamEnd = 1, SyncFlush = 2, Finish = 4, Deflated = 8, DefaultStrategy = 0;

    /// <summary>No header, and a window of 32 KiB; memory as usual.</summary>
    private const int BareWindow = -15, UsualMemory = 8;

    private readonly StreamHandle _stream = new();

    /// <summary>Makes one.</summary>
    /// <param name="level">1 to 9.</param>
    public DeflatePieceCompressor(int level)
    {
        if (deflateInit2_(_stream.Pointer, level, Deflated, BareWindow, UsualMemory, DefaultStrategy, "1"u8, sizeof(ZlibStream)) != Ok)
        {
            _stream.Dispose();
            throw new CodecException("zlib could not make an encoder.");
        }
    }

    /// <summary>No piece of a length takes more than this.</summary>
    public static int MostBytes(int length) => length + (length / 256) + 1024;

    /// <summary>Compresses a piece. The same input gives the same output, whatever was compressed before.</summary>
    /// <param name="source">The piece.</param>
    /// <param name="isLast">Whether the stream ends with it.</param>
    /// <param name="destination">At least <see cref="MostBytes"/>.</param>
    /// <returns>Length of the output in bytes.</returns>
    public int Compress(ReadOnlySpan<byte> source, bool isLast, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_stream.IsClosed, this);
        var stream = _stream.Pointer;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var result = deflateReset(stream);
            stream->NextIn = from;
            stream->AvailableIn = (uint)source.Length;
            stream->NextOut = to;
            stream->AvailableOut = (uint)destination.Length;
            result = result == Ok ? deflate(stream, isLast ? Finish : SyncFlush) : result;
            var written = destination.Length - (int)stream->AvailableOut;
            stream->NextIn = stream->NextOut = null;
            return result == (isLast ? StreamEnd : Ok) && stream->AvailableIn == 0 && written < destination.Length
                ? written
                : throw new CodecException($"zlib could not compress {source.Length} bytes: {result}.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private sealed class StreamHandle : ContextHandle
    {
        public StreamHandle() => SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(ZlibStream)));

        public ZlibStream* Pointer => (ZlibStream*)handle;

        protected override bool ReleaseHandle()
        {
            _ = deflateEnd(Pointer);
            NativeMemory.Free((void*)handle);
            return true;
        }
    }

    [LibraryImport(Library)]
    private static partial int deflateInit2_(ZlibStream* stream, int level, int method, int windowBits, int memory, int strategy, ReadOnlySpan<byte> version, int size);

    [LibraryImport(Library)]
    private static partial int deflateReset(ZlibStream* stream);

    [LibraryImport(Library)]
    private static partial int deflate(ZlibStream* stream, int flush);

    [LibraryImport(Library)]
    private static partial int deflateEnd(ZlibStream* stream);
}
