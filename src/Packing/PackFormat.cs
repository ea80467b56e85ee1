namespace CondaFuse.Packing;

/// <summary>Output formats.</summary>
public enum PackFormat
{
    /// <summary>A SquashFS image.</summary>
    SquashFs,

    /// <summary>A tar archive.</summary>
    Tar,

    /// <summary>A tar archive compressed with gzip.</summary>
    TarGzip,

    /// <summary>A tar archive compressed with bzip2.</summary>
    TarBzip2,

    /// <summary>A tar archive compressed with xz.</summary>
    TarXz,

    /// <summary>A tar archive compressed with zstd.</summary>
    TarZstd,

    /// <summary>A zip archive.</summary>
    Zip,

    /// <summary>A directory.</summary>
    Directory,
}

/// <summary>The names of the formats.</summary>
public static class PackFormats
{
    private static readonly (string Name, PackFormat Format)[] Known =
    [
        ("squashfs", PackFormat.SquashFs), ("zip", PackFormat.Zip), ("tar", PackFormat.Tar), ("tar.gz", PackFormat.TarGzip),
        ("tgz", PackFormat.TarGzip),
        ("tar.bz2", PackFormat.TarBzip2), ("tbz2", PackFormat.TarBzip2), ("tar.xz", PackFormat.TarXz), ("txz", PackFormat.TarXz),
        ("tar.zst", PackFormat.TarZstd), ("tzst", PackFormat.TarZstd), ("no-archive", PackFormat.Directory),
    ];

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Known.Select(known => known.Name)];

    /// <summary>The format with a name; null if there is none.</summary>
    public static PackFormat? Find(string name) =>
        Known.Where(known => known.Name == name).Select(known => (PackFormat?)known.Format).FirstOrDefault();

    /// <summary>The format for a path's extension; null if it is unknown.</summary>
    public static PackFormat? OfPath(string path) =>
        Known.Where(known => path.EndsWith($".{known.Name}", StringComparison.Ordinal)).Select(known => (PackFormat?)known.Format).FirstOrDefault();

    /// <summary>The highest compression level; the lowest is 0.</summary>
    public static int HighestLevel(PackFormat format) => format == PackFormat.TarZstd ? 19 : 9;
}
