using ZstdSharp.Unsafe;
using static ZstdSharp.Unsafe.Methods;

namespace CondaFuse.Compression.Portable;

/// <summary>A decompression context of ZstdSharp.</summary>
internal sealed unsafe class ZstdDecompressionContext : ContextHandle
{
    public ZstdDecompressionContext() => SetHandle((nint)ZSTD_createDCtx());

    public ZSTD_DCtx_s* Pointer => (ZSTD_DCtx_s*)handle;

    protected override bool ReleaseHandle() => ZSTD_freeDCtx(Pointer) == 0;
}
