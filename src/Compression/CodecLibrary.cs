using System.Diagnostics.CodeAnalysis;
using CondaFuse.Compression.Portable;

namespace CondaFuse.Compression;

/// <summary>
/// Where codecs come from: the one switch between the two builds. What a build does not use is not compiled into it, so that a portable one needs no
/// library of the machine. Deflate by zlib is the same in both.
/// </summary>
internal abstract class CodecLibrary
{
    /// <summary>The libraries of this build.</summary>
    public static CodecLibrary Current { get; } = IsPortable ? new PortableCodecs() : new NativeCodecs();

    /// <summary>Whether codecs are managed code: set by <c>-p:CondaFusePortable=true</c>, when the program is built.</summary>
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

    /// <summary>Bare deflate, all at once.</summary>
    public abstract IBlockDecompressor RawDeflate();

    /// <summary>Bare deflate, all at once; levels 1 to 12.</summary>
    public abstract IBlockCompressor RawDeflateCompressor(int level);

    /// <summary>gzip members; levels 0 to 12.</summary>
    public abstract IBlockCompressor GzipMember(int level);

    /// <summary>bzip2 streams; levels 1 to 9.</summary>
    public abstract IBlockCompressor Bzip2Member(int level);

    /// <exception cref="CodecException">There is none.</exception>
    public abstract IBlockCompressor XzMember(int level, ulong branchFilter);

    public abstract uint Crc32(uint before, ReadOnlySpan<byte> bytes);
}
