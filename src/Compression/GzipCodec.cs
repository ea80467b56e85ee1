using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>Deflate in zlib's framing (RFC 1950), which SquashFS calls gzip. Bindings: <c>libdeflate.h</c> 1.0 or later.</summary>
internal sealed partial class GzipCodec : ICodec
{
    private const string Library = "libdeflate";

    public string Name => "gzip";

    public LevelRange Levels => new(1, 12, 9);

    public IBlockCompressor CreateCompressor(int level, int blockSize) => new Compressor(Levels.Check(level));

    public IBlockDecompressor CreateDecompressor() => new Decompressor();

    private sealed class Compressor(int level) : IBlockCompressor
    {
        private readonly CompressionContext _context = ContextHandle.Allocated(libdeflate_alloc_compressor(level));

        public unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
        {
            fixed (byte* from = source)
            fixed (byte* to = destination)
            {
                return (int)libdeflate_zlib_compress(_context, from, (nuint)source.Length, to, (nuint)destination.Length);
            }
        }

        public void Dispose() => _context.Dispose();
    }

    private sealed class Decompressor : IBlockDecompressor
    {
        private readonly DecompressionContext _context = ContextHandle.Allocated(libdeflate_alloc_decompressor());

        public unsafe bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
        {
            nuint length = 0;
            fixed (byte* from = source)
            fixed (byte* to = destination)
            {
                var failed = libdeflate_zlib_decompress(_context, from, (nuint)source.Length, to, (nuint)destination.Length, &length) != 0;
                written = failed ? 0 : (int)length;
                return !failed;
            }
        }

        public void Dispose() => _context.Dispose();
    }

    private sealed class CompressionContext : ContextHandle
    {
        protected override bool ReleaseHandle()
        {
            libdeflate_free_compressor(handle);
            return true;
        }
    }

    private sealed class DecompressionContext : ContextHandle
    {
        protected override bool ReleaseHandle()
        {
            libdeflate_free_decompressor(handle);
            return true;
        }
    }

    [LibraryImport(Library)]
    private static partial CompressionContext libdeflate_alloc_compressor(int level);

    [LibraryImport(Library)]
    private static partial void libdeflate_free_compressor(nint context);

    [LibraryImport(Library)]
    private static unsafe partial nuint libdeflate_zlib_compress(CompressionContext context, byte* from, nuint length, byte* to, nuint capacity);

    [LibraryImport(Library)]
    private static partial DecompressionContext libdeflate_alloc_decompressor();

    [LibraryImport(Library)]
    private static partial void libdeflate_free_decompressor(nint context);

    [LibraryImport(Library)]
    private static unsafe partial int libdeflate_zlib_decompress(
        DecompressionContext context, byte* from, nuint length, byte* to, nuint capacity, nuint* written);
}

/// <summary>gzip members (RFC 1952). Bindings: <c>libdeflate.h</c> 1.7 or later.</summary>
internal sealed partial class GzipMemberCompressor : IBlockCompressor
{
    private const string Library = "libdeflate";

    private readonly CompressionContext _context;

    public GzipMemberCompressor(int level) => _context = ContextHandle.Allocated(libdeflate_alloc_compressor(new LevelRange(0, 12, 6).Check(level)));

    public unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        byte nothing = 0;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            return (int)libdeflate_gzip_compress(_context, from is null ? &nothing : from, (nuint)source.Length, to, (nuint)destination.Length);
        }
    }

    public void Dispose() => _context.Dispose();

    private sealed class CompressionContext : ContextHandle
    {
        protected override bool ReleaseHandle()
        {
            libdeflate_free_compressor(handle);
            return true;
        }
    }

    [LibraryImport(Library)]
    private static partial CompressionContext libdeflate_alloc_compressor(int level);

    [LibraryImport(Library)]
    private static partial void libdeflate_free_compressor(nint context);

    [LibraryImport(Library)]
    private static unsafe partial nuint libdeflate_gzip_compress(CompressionContext context, byte* from, nuint length, byte* to, nuint capacity);
}

/// <summary>The CRC-32 of zip and gzip (ISO 3309).</summary>
public static class Crc32
{
    /// <summary>Continues a checksum; 0 to start.</summary>
    public static uint Append(uint before, ReadOnlySpan<byte> bytes) => CodecLibrary.Current.Crc32(before, bytes);

    /// <summary>The checksum of two concatenated contents.</summary>
    /// <param name="first">Checksum of the first.</param>
    /// <param name="second">Checksum of the second.</param>
    /// <param name="secondLength">The second's length in bytes.</param>
    public static uint Join(uint first, uint second, long secondLength) => (uint)Zlib.crc32_combine(first, second, (nint)secondLength);
}
