namespace CondaFuse.Compression;

/// <summary>All decoders of streams. Each takes at most 130 MB, whatever a stream asks for.</summary>
public static class StreamDecoders
{
    /// <summary>Bare deflate (RFC 1951): takes about 50 KB, and can be copied.</summary>
    public static IStreamDecoder Deflate() => new DeflateStreamDecoder();

    /// <summary>zstd frames (RFC 8878), with windows of at most 128 MiB.</summary>
    public static IStreamDecoder Zstd() => CodecLibrary.Current.ZstdStream();

    /// <summary>xz streams.</summary>
    /// <exception cref="CodecException">This build reads none.</exception>
    public static IStreamDecoder Xz() => CodecLibrary.Current.XzStream();

    /// <summary>bzip2.</summary>
    public static IStreamDecoder Bzip2() => CodecLibrary.Current.Bzip2Stream();
}

/// <summary>
/// Compressors whose every output is a whole file of its format. Such files put one behind the other decompress to what was
/// put in, one behind the other: so that several threads can make one file.
/// </summary>
public static class MemberCompressors
{
    /// <summary>gzip (RFC 1952) without name and time; levels 0 to 12.</summary>
    public static IBlockCompressor Gzip(int level) => CodecLibrary.Current.GzipMember(level);

    /// <summary>bzip2 streams; levels 1 to 9.</summary>
    public static IBlockCompressor Bzip2(int level) => CodecLibrary.Current.Bzip2Member(level);

    /// <summary>xz streams; levels 0 to 9.</summary>
    public static IBlockCompressor Xz(int level) => CodecLibrary.Current.XzMember(level, branchFilter: 0);

    /// <summary>The same for what holds machine code of x86, which becomes shorter by its filter.</summary>
    public static IBlockCompressor XzOfCode(int level) => CodecLibrary.Current.XzMember(level, LzmaEncoder.X86);

    /// <summary>zstd frames (RFC 8878) with their content's size; levels 1 to 22.</summary>
    public static IBlockCompressor Zstd(int level) => Codecs.Zstd.CreateCompressor(level, 1 << 20);

    /// <summary>Room in which the output for that much input fits, whatever it is and whichever the compressor.</summary>
    public static int Room(int length)
    {
        const int perMember = 1024;
        const int expansion = 64; // bzip2's is the largest: a hundredth
        return checked(length + (length / expansion) + perMember);
    }
}
