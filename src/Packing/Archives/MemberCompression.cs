using CondaFuse.Compression;

namespace CondaFuse.Packing.Archives;

/// <summary>How a stream is cut into members that are compressed each on its own.</summary>
/// <param name="MemberBytes">Bytes in a member, but for the last one.</param>
/// <param name="Create">Makes a compressor, one a thread; null to leave the bytes as they are.</param>
/// <param name="CreateForCode">Makes one for members that hold machine code of x86; null where that makes no difference.</param>
internal sealed record MemberCompression(int MemberBytes, Func<IBlockCompressor>? Create, Func<IBlockCompressor>? CreateForCode = null)
{
    private const int MiB = 1 << 20;

    /// <summary>
    /// The longer a member, the smaller the output; the shorter, the better the threads are used. Members are some times as long as
    /// the matches that a level of the format can find are far.
    /// </summary>
    public static MemberCompression Of(PackFormat format, int level) => format switch
    {
        PackFormat.TarGzip => new MemberCompression(MiB, () => MemberCompressors.Gzip(level)),
        PackFormat.TarBzip2 => Bzip2(Math.Max(level, 1)),
        PackFormat.TarXz => new MemberCompression(4 * MiB << Math.Clamp(level - 4, 0, 3), () => MemberCompressors.Xz(level), () => MemberCompressors.XzOfCode(level)),
        PackFormat.TarZstd => new MemberCompression((level < 6 ? 4 : level < 10 ? 8 : 16) * MiB, () => MemberCompressors.Zstd(Math.Max(level, 1))),
        _ => new MemberCompression(MiB, Create: null),
    };

    /// <summary>Some of the format's own blocks, which are as long as the level says.</summary>
    private static MemberCompression Bzip2(int level)
    {
        const int blockBytes = 100_000;
        const int spare = 19; // libbz2 leaves so many bytes of a block free
        const int blocks = 4;
        return new MemberCompression(blocks * ((blockBytes * level) - spare), () => MemberCompressors.Bzip2(level));
    }
}
