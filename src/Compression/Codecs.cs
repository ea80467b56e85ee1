namespace CondaFuse.Compression;

/// <summary>All codecs.</summary>
public static class Codecs
{
    /// <summary>The length in bytes of the blocks of packed images. In these, levels that packing uses look for matches for a shorter time than their name says.</summary>
    public const int LargeBlock = 256 << 10;

    /// <summary>zstd: the default; fast to read.</summary>
    public static ICodec Zstd { get; } = new ZstdCodec();

    /// <summary>xz: smallest and slowest.</summary>
    public static ICodec Xz { get; } = new XzCodec();

    /// <summary>gzip: deflate in zlib's framing.</summary>
    public static ICodec Gzip { get; } = new GzipCodec();

    /// <summary>lz4: fastest to read.</summary>
    public static ICodec Lz4 { get; } = new Lz4Codec();

    /// <summary>none: everything is stored as it is.</summary>
    public static ICodec None { get; } = new NoneCodec();

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<ICodec> All { get; } = [Zstd, Xz, Gzip, Lz4, None];

    /// <summary>Finds a codec by its name; null if there is none.</summary>
    public static ICodec? Find(string name) => All.FirstOrDefault(codec => codec.Name == name);
}
