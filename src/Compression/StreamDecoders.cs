namespace CondaFuse.Compression;

/// <summary>All decoders of streams. Each uses at most 130 MB, whatever a stream requires.</summary>
public static class StreamDecoders
{
    /// <summary>Raw deflate (RFC 1951): uses about 50 KB, and can be copied.</summary>
    public static IStreamDecoder Deflate() => new DeflateStreamDecoder();

    /// <summary>zstd frames (RFC 8878), with windows of at most 128 MiB.</summary>
    public static IStreamDecoder Zstd() => CodecLibrary.Current.ZstdStream();

    /// <summary>xz streams.</summary>
    /// <exception cref="CodecException">Not supported by this build.</exception>
    public static IStreamDecoder Xz() => CodecLibrary.Current.XzStream();

    /// <summary>bzip2.</summary>
    public static IStreamDecoder Bzip2() => CodecLibrary.Current.Bzip2Stream();
}

/// <summary>
/// Compressors whose every output is a complete file of its format. Concatenated files decompress to the concatenated contents, so several threads
/// can produce one file.
/// </summary>
public static class MemberCompressors
{
    /// <summary>gzip (RFC 1952) without name and time; levels 0 to 12.</summary>
    public static IBlockCompressor Gzip(int level) => CodecLibrary.Current.GzipMember(level);

    /// <summary>bzip2 streams; levels 1 to 9.</summary>
    public static IBlockCompressor Bzip2(int level) => CodecLibrary.Current.Bzip2Member(level);

    /// <summary>xz streams; levels 0 to 9.</summary>
    public static IBlockCompressor Xz(int level) => CodecLibrary.Current.XzMember(level, branchFilter: 0);

    /// <summary>The same for x86 machine code, which compresses better with a filter.</summary>
    public static IBlockCompressor XzOfCode(int level) => CodecLibrary.Current.XzMember(level, LzmaEncoder.X86);

    /// <summary>zstd frames (RFC 8878) with their content's size; levels 1 to 22.</summary>
    public static IBlockCompressor Zstd(int level) => Codecs.Zstd.CreateCompressor(level, 1 << 20);

    /// <summary>Maximum size of the output for input of this length, with any compressor.</summary>
    public static int Room(int length)
    {
        const int perMember = 1024;
        const int expansion = 64; // bzip2 has the largest expansion: one percent
        return checked(length + (length / expansion) + perMember);
    }
}
