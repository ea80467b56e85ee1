using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

/// <summary>Raw deflate (RFC 1951), in one call. Bindings: <c>libdeflate.h</c> 1.0 or later.</summary>
internal sealed partial class LibdeflateCompressor : IBlockCompressor
{
    private const string Library = "libdeflate";

    private readonly CompressionContext _context;

    /// <param name="level">1 to 12.</param>
    public LibdeflateCompressor(int level) =>
        _context = ContextHandle.Allocated(libdeflate_alloc_compressor(RawDeflateCompressor.Levels.Check(level)));

    public unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            return (int)libdeflate_deflate_compress(_context, from, (nuint)source.Length, to, (nuint)destination.Length);
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
    private static unsafe partial nuint libdeflate_deflate_compress(CompressionContext context, byte* from, nuint length, byte* to, nuint capacity);
}

/// <summary>Raw deflate (RFC 1951), in one call. Bindings: <c>libdeflate.h</c> 1.0 or later.</summary>
internal sealed partial class LibdeflateDecompressor : IBlockDecompressor
{
    private const string Library = "libdeflate";

    private readonly DecompressionContext _context = ContextHandle.Allocated(libdeflate_alloc_decompressor());

    public unsafe bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        nuint read = 0;
        nuint length = 0;
        byte nothing = 0;
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            var failed = libdeflate_deflate_decompress_ex(
                _context, from, (nuint)source.Length, to is null ? &nothing : to, (nuint)destination.Length, &read, &length) != 0;
            written = failed ? 0 : (int)length;
            return !failed;
        }
    }

    public void Dispose() => _context.Dispose();

    private sealed class DecompressionContext : ContextHandle
    {
        protected override bool ReleaseHandle()
        {
            libdeflate_free_decompressor(handle);
            return true;
        }
    }

    [LibraryImport(Library)]
    private static partial DecompressionContext libdeflate_alloc_decompressor();

    [LibraryImport(Library)]
    private static partial void libdeflate_free_decompressor(nint context);

    [LibraryImport(Library)]
    private static unsafe partial int libdeflate_deflate_decompress_ex(
        DecompressionContext context, byte* from, nuint length, byte* to, nuint capacity, nuint* read, nuint* written);
}
