namespace CondaFuse.Compression;

/// <summary>All codecs.</summary>
public static class Codecs
{
    /// <summary>The length in bytes of the blocks of packed images. In these, levels that packing uses look for matches for a shorter time than their name says.</summary>
    public const int LargeBlock = 256 << 10;

    /// <summary>zstd: the default; fast to read.</summary>
    public static ICodec Zstd => CodecLibrary.Current.Zstd;

    /// <summary>xz: smallest and slowest. A portable build refuses it.</summary>
    public static ICodec Xz => CodecLibrary.Current.Xz;

    /// <summary>gzip: deflate in zlib's framing.</summary>
    public static ICodec Gzip => CodecLibrary.Current.Gzip;

    /// <summary>lz4: fastest to read.</summary>
    public static ICodec Lz4 => CodecLibrary.Current.Lz4;

    /// <summary>none: everything is stored as it is.</summary>
    public static ICodec None { get; } = new NoneCodec();

    /// <summary>All that this build has, the default first.</summary>
    public static IReadOnlyList<ICodec> All { get; } = [.. new[] { Zstd, Xz, Gzip, Lz4, None }.Where(codec => codec.Refusal is null)];

    /// <summary>Finds a codec by its name; null if there is none.</summary>
    public static ICodec? Find(string name) => All.FirstOrDefault(codec => codec.Name == name);
}
