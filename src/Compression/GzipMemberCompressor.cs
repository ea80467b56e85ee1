using System.Runtime.InteropServices;

namespace CondaFuse.Compression;

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
