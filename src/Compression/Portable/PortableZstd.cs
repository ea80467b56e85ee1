using ZstdSharp.Unsafe;
using static ZstdSharp.Unsafe.Methods;

namespace CondaFuse.Compression.Portable;

/// <summary>zstd (RFC 8878) with ZstdSharp.Port, a translation of libzstd to C#: the same interface, levels and output.</summary>
internal sealed unsafe class PortableZstdCodec : ICodec
{
    public string Name => "zstd";

    public LevelRange Levels => new(1, 22, 6);

    public IBlockCompressor CreateCompressor(int level, int blockSize) =>
        new Compressor(Levels.Check(level), blockSize == Codecs.LargeBlock ? ZstdSearch.Of(level) : []);

    public IBlockDecompressor CreateDecompressor() => new Decompressor();

    private sealed class Compressor : IBlockCompressor
    {
        private readonly CompressionContext _context = ContextHandle.Allocated(new CompressionContext());

        public Compressor(int level, ReadOnlySpan<(ZstdSearch.Parameter Name, int Value)> search)
        {
            Set(ZstdSearch.Parameter.Level, level);
            foreach (var (name, value) in search)
            {
                Set(name, value);
            }
        }

        public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            ObjectDisposedException.ThrowIf(_context.IsClosed, this);
            fixed (byte* from = source)
            fixed (byte* to = destination)
            {
                var length = ZSTD_compress2(_context.Pointer, to, (nuint)destination.Length, from, (nuint)source.Length);
                return ZSTD_isError(length) ? 0 : (int)length;
            }
        }

        public void Dispose() => _context.Dispose();

        private void Set(ZstdSearch.Parameter name, int value)
        {
            if (ZSTD_isError(ZSTD_CCtx_setParameter(_context.Pointer, (ZSTD_cParameter)name, value)))
            {
                throw new CodecException($"ZstdSharp takes no {value} for its parameter {name}.");
            }
        }
    }

    private sealed class Decompressor : IBlockDecompressor
    {
        private readonly ZstdDecompressionContext _context = ContextHandle.Allocated(new ZstdDecompressionContext());

        public bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
        {
            ObjectDisposedException.ThrowIf(_context.IsClosed, this);
            fixed (byte* from = source)
            fixed (byte* to = destination)
            {
                var length = ZSTD_decompressDCtx(_context.Pointer, to, (nuint)destination.Length, from, (nuint)source.Length);
                var failed = ZSTD_isError(length);
                written = failed ? 0 : (int)length;
                return !failed;
            }
        }

        public void Dispose() => _context.Dispose();
    }

    private sealed class CompressionContext : ContextHandle
    {
        public CompressionContext() => SetHandle((nint)ZSTD_createCCtx());

        public ZSTD_CCtx_s* Pointer => (ZSTD_CCtx_s*)handle;

        protected override bool ReleaseHandle() => ZSTD_freeCCtx(Pointer) == 0;
    }
}

/// <summary>Consecutive zstd frames.</summary>
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

/// <summary>A decompression context of ZstdSharp.</summary>
internal sealed unsafe class ZstdDecompressionContext : ContextHandle
{
    public ZstdDecompressionContext() => SetHandle((nint)ZSTD_createDCtx());

    public ZSTD_DCtx_s* Pointer => (ZSTD_DCtx_s*)handle;

    protected override bool ReleaseHandle() => ZSTD_freeDCtx(Pointer) == 0;
}
