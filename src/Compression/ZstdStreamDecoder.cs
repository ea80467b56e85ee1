using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>Consecutive zstd frames. Bindings: <c>zstd.h</c> 1.4 or later.</summary>
internal sealed partial class ZstdStreamDecoder : IStreamDecoder
{
    private const string Library = "libzstd";

    private readonly Context _context = ContextHandle.Allocated(ZSTD_createDStream());

    public unsafe DecodeStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var input = new Piece { Start = from, Length = (nuint)source.Length };
            var output = new Piece { Start = to, Length = (nuint)destination.Length };
            var left = ZSTD_decompressStream(_context, &output, &input);
            (consumed, written) = ((int)input.Position, (int)output.Position);
            return ZSTD_isError(left) != 0 ? DecodeStatus.Damaged : left == 0 ? DecodeStatus.Ended : DecodeStatus.Going;
        }
    }

    public IStreamDecoder? TryCopy() => null;

    public void Dispose() => _context.Dispose();

    /// <summary><c>ZSTD_inBuffer</c>, <c>ZSTD_outBuffer</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Piece
    {
        public byte* Start;
        public nuint Length;
        public nuint Position;
    }

    private sealed class Context : ContextHandle
    {
        protected override bool ReleaseHandle() => ZSTD_freeDStream(handle) == 0;
    }

    [LibraryImport(Library)]
    private static partial Context ZSTD_createDStream();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_freeDStream(nint context);

    [LibraryImport(Library)]
    private static unsafe partial nuint ZSTD_decompressStream(Context context, Piece* output, Piece* input);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint result);
}
