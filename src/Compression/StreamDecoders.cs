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
