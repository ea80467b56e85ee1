using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>zstd (RFC 8878), one frame per block, with the content size in the header. Bindings: <c>zstd.h</c> 1.4 or later.</summary>
internal sealed partial class ZstdCodec : ICodec
{
    private const string Library = "libzstd";

    public string Name => "zstd";

    public LevelRange Levels => new(1, 22, 6);

    public IBlockCompressor CreateCompressor(int level, int blockSize) =>
        new Compressor(Levels.Check(level), blockSize == Codecs.LargeBlock ? ZstdSearch.Of(level) : []);

    public IBlockDecompressor CreateDecompressor() => new Decompressor();

    private sealed class Compressor : IBlockCompressor
    {
        private readonly CompressionContext _context = ContextHandle.Allocated(ZSTD_createCCtx());

        public Compressor(int level, ReadOnlySpan<(ZstdSearch.Parameter Name, int Value)> search)
        {
            Set(ZstdSearch.Parameter.Level, level);
            foreach (var (name, value) in search)
            {
                Set(name, value);
            }
        }

        public unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            fixed (byte* from = source)
            fixed (byte* to = destination)
            {
                var length = ZSTD_compress2(_context, to, (nuint)destination.Length, from, (nuint)source.Length);
                return ZSTD_isError(length) != 0 ? 0 : (int)length;
            }
        }

        public void Dispose() => _context.Dispose();

        private void Set(ZstdSearch.Parameter name, int value)
        {
            if (ZSTD_isError(ZSTD_CCtx_setParameter(_context, name, value)) != 0)
            {
                throw new CodecException($"libzstd takes no {value} for its parameter {name}.");
            }
        }
    }

    private sealed class Decompressor : IBlockDecompressor
    {
        private readonly DecompressionContext _context = ContextHandle.Allocated(ZSTD_createDCtx());

        public unsafe bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
        {
            fixed (byte* from = source)
            fixed (byte* to = destination)
            {
                var length = ZSTD_decompressDCtx(_context, to, (nuint)destination.Length, from, (nuint)source.Length);
                var failed = ZSTD_isError(length) != 0;
                written = failed ? 0 : (int)length;
                return !failed;
            }
        }

        public void Dispose() => _context.Dispose();
    }

    private sealed class CompressionContext : ContextHandle
    {
        protected override bool ReleaseHandle() => ZSTD_freeCCtx(handle) == 0;
    }

    private sealed class DecompressionContext : ContextHandle
    {
        protected override bool ReleaseHandle() => ZSTD_freeDCtx(handle) == 0;
    }

    [LibraryImport(Library)]
    private static partial CompressionContext ZSTD_createCCtx();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_freeCCtx(nint context);

    [LibraryImport(Library)]
    private static partial nuint ZSTD_CCtx_setParameter(CompressionContext context, ZstdSearch.Parameter name, int value);

    [LibraryImport(Library)]
    private static unsafe partial nuint ZSTD_compress2(CompressionContext context, byte* to, nuint capacity, byte* from, nuint length);

    [LibraryImport(Library)]
    private static partial DecompressionContext ZSTD_createDCtx();

    [LibraryImport(Library)]
    private static partial nuint ZSTD_freeDCtx(nint context);

    [LibraryImport(Library)]
    private static unsafe partial nuint ZSTD_decompressDCtx(DecompressionContext context, byte* to, nuint capacity, byte* from, nuint length);

    [LibraryImport(Library)]
    private static partial uint ZSTD_isError(nuint result);
}

/// <summary>
/// Search parameters that replace zstd's own for some levels: faster, and hardly larger. Measured with blocks of <see cref="Codecs.LargeBlock"/>,
/// for which the library's levels are tuned least, of a Python environment with numpy, scipy and pandas. The comments give processor time and size
/// relative to the library's level.
/// </summary>
internal static class ZstdSearch
{
    /// <summary><c>ZSTD_lazy2</c>, <c>ZSTD_btopt</c>, <c>ZSTD_btultra</c>.</summary>
    private const int Lazy2 = 5, Optimal = 7, Ultra = 8;

    /// <summary><c>ZSTD_cParameter</c>; the number of candidates is two to the power of <see cref="SearchLog"/>.</summary>
    public enum Parameter
    {
        /// <summary>Sets all others.</summary>
        Level = 100,

        HashLog = 102,
        SearchLog = 104,

        /// <summary>A match of this length is taken without searching for a longer one.</summary>
        TargetLength = 106,

        Strategy = 107,
    }

    /// <summary>The parameters that differ from the library's; the levels are those of packed images.</summary>
    public static (Parameter Name, int Value)[] Of(int level) => level switch
    {
        10 => [(Parameter.SearchLog, 4)], // 0.65, 1.006
        12 => [(Parameter.Strategy, Lazy2), (Parameter.SearchLog, 7)], // 0.33, 1.005
        15 => [(Parameter.HashLog, 16), (Parameter.SearchLog, 3), (Parameter.TargetLength, 20)], // 0.66, 1.015
        17 => [(Parameter.Strategy, Optimal), (Parameter.SearchLog, 6), (Parameter.TargetLength, 128)], // 0.64, 1.005
        20 => [(Parameter.Strategy, Ultra), (Parameter.SearchLog, 6), (Parameter.TargetLength, 64)], // 0.52, 1.004
        _ => [],
    };
}
