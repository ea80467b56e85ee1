using ZstdSharp.Unsafe;
using static ZstdSharp.Unsafe.Methods;

namespace CondaFuse.Compression.Portable;

/// <summary>zstd frames, one after the other.</summary>
internal sealed unsafe class PortableZstdStreamDecoder : IStreamDecoder
{
    private readonly ZstdDecompressionContext _context = ContextHandle.Allocated(new ZstdDecompressionContext());

    public DecodeStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(_context.IsClosed, this);
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var input = new ZSTD_inBuffer_s { src = from, size = (nuint)source.Length };
            var output = new ZSTD_outBuffer_s { dst = to, size = (nuint)destination.Length };
            var left = ZSTD_decompressStream(_context.Pointer, &output, &input);
            (consumed, written) = ((int)input.pos, (int)output.pos);
            return ZSTD_isError(left) ? DecodeStatus.Damaged : left == 0 ? DecodeStatus.Ended : DecodeStatus.Going;
        }
    }

    public IStreamDecoder? TryCopy() => null;

    public void Dispose() => _context.Dispose();
}
