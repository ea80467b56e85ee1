using System.Diagnostics.CodeAnalysis;
using CondaFuse.Compression.Portable;

namespace CondaFuse.Compression;

/// <summary>
/// The source of codecs: the only switch between the two builds. Codecs that a build does not use are not compiled into it, so a portable build
/// needs no system libraries. Deflate by zlib is the same in both.
/// </summary>
internal abstract class CodecLibrary
{
    /// <summary>The libraries of this build.</summary>
    public static CodecLibrary Current { get; } = IsPortable ? new PortableCodecs() : new NativeCodecs();

    /// <summary>Whether codecs are managed code: set at build time by <c>-p:CondaFusePortable=true</c>.</summary>
    [FeatureSwitchDefinition("CondaFuse.Compression.Portable")]
    public static bool IsPortable => AppContext.TryGetSwitch("CondaFuse.Compression.Portable", out var isPortable) && isPortable;

    public abstract ICodec Zstd { get; }

    public abstract ICodec Gzip { get; }

    public abstract ICodec Lz4 { get; }

    public abstract ICodec Xz { get; }

    public abstract IStreamDecoder ZstdStream();

    public abstract IStreamDecoder Bzip2Stream();

    /// <exception cref="CodecException">There is none.</exception>
    public abstract IStreamDecoder XzStream();

    /// <summary>Raw deflate, in one call.</summary>
    public abstract IBlockDecompressor RawDeflate();

    /// <summary>Raw deflate, in one call; levels 1 to 12.</summary>
    public abstract IBlockCompressor RawDeflateCompressor(int level);

    /// <summary>gzip members; levels 0 to 12.</summary>
    public abstract IBlockCompressor GzipMember(int level);

    /// <summary>bzip2 streams; levels 1 to 9.</summary>
    public abstract IBlockCompressor Bzip2Member(int level);

    /// <exception cref="CodecException">There is none.</exception>
    public abstract IBlockCompressor XzMember(int level, ulong branchFilter);

    public abstract uint Crc32(uint before, ReadOnlySpan<byte> bytes);
}
