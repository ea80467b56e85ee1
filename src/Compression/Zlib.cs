using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>
/// zlib, which every native .NET program contains (zlib-ng with zlib's interface), so no system library is needed. Bindings: <c>zlib.h</c> 1.2 or
/// later.
/// </summary>
internal static unsafe partial class Zlib
{
    /// <summary><c>Z_OK</c>, <c>Z_STREAM_END</c>, <c>Z_BUF_ERROR</c>.</summary>
    public const int Ok = 0, StreamEnd = 1, BufferError = -5;

    /// <summary><c>Z_NO_FLUSH</c>, <c>Z_SYNC_FLUSH</c>, <c>Z_FINISH</c>.</summary>
    public const int NoFlush = 0, SyncFlush = 2, Finish = 4;

    /// <summary>No header; zlib's header (RFC 1950); gzip's header (RFC 1952). The window is 32 KiB in each.</summary>
    public const int Bare = -15, Framed = 15, Gzip = 31;

    private const string Library = "libz";
    private const int Deflated = 8, UsualMemory = 8, DefaultStrategy = 0;

    /// <summary>Prepares a stream for compression.</summary>
    /// <exception cref="CodecException">There is not enough memory.</exception>
    public static StreamHandle Compressing(int level, int framing)
    {
        var stream = new StreamHandle(compresses: true);
        return Checked(stream, deflateInit2_(stream.Pointer, level, Deflated, framing, UsualMemory, DefaultStrategy, "1"u8, sizeof(ZlibStream)));
    }

    /// <summary>Prepares a stream for decompression.</summary>
    /// <exception cref="CodecException">There is not enough memory.</exception>
    public static StreamHandle Decompressing(int framing)
    {
        var stream = new StreamHandle(compresses: false);
        return Checked(stream, inflateInit2_(stream.Pointer, framing, "1"u8, sizeof(ZlibStream)));
    }

    private static StreamHandle Checked(StreamHandle stream, int result)
    {
        if (result == Ok)
        {
            return stream;
        }

        stream.Dispose();
        throw new CodecException("zlib could not allocate its state.");
    }

    /// <summary>The state of a stream, to which zlib's own state points back.</summary>
    public sealed class StreamHandle : ContextHandle
    {
        private readonly bool _compresses;

        public StreamHandle(bool compresses)
        {
            _compresses = compresses;
            SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(ZlibStream)));
        }

        public ZlibStream* Pointer => (ZlibStream*)handle;

        protected override bool ReleaseHandle()
        {
            _ = _compresses ? deflateEnd(Pointer) : inflateEnd(Pointer);
            NativeMemory.Free((void*)handle);
            return true;
        }
    }

    [LibraryImport(Library)]
    internal static partial int deflateReset(ZlibStream* stream);

    [LibraryImport(Library)]
    internal static partial int deflate(ZlibStream* stream, int flush);

    [LibraryImport(Library)]
    internal static partial int inflate(ZlibStream* stream, int flush);

    [LibraryImport(Library)]
    internal static partial int inflateReset(ZlibStream* stream);

    [LibraryImport(Library)]
    internal static partial int inflateCopy(ZlibStream* copy, ZlibStream* original);

    [LibraryImport(Library)]
    internal static partial nuint crc32(nuint before, byte* from, uint length);

    [LibraryImport(Library)]
    internal static partial nuint crc32_combine(nuint first, nuint second, nint secondLength);

    [LibraryImport(Library)]
    private static partial int deflateInit2_(
        ZlibStream* stream, int level, int method, int windowBits, int memory, int strategy, ReadOnlySpan<byte> version, int size);

    [LibraryImport(Library)]
    private static partial int deflateEnd(ZlibStream* stream);

    [LibraryImport(Library)]
    private static partial int inflateInit2_(ZlibStream* stream, int windowBits, ReadOnlySpan<byte> version, int size);

    [LibraryImport(Library)]
    private static partial int inflateEnd(ZlibStream* stream);
}

/// <summary><c>z_stream</c>. It must not move, because zlib's state points back at it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ZlibStream
{
    public byte* NextIn;
    public uint AvailableIn;
    public nuint TotalIn;
    public byte* NextOut;
    public uint AvailableOut;
    public nuint TotalOut;
    public byte* Message;
    public void* State;
    public void* Allocate;
    public void* Free;
    public void* Opaque;
    public int DataType;
    public nuint Adler;
    public nuint Reserved;
}
