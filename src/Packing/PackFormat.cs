namespace CondaFuse.Packing;

/// <summary>What is written.</summary>
public enum PackFormat
{
    /// <summary>A SquashFS image.</summary>
    SquashFs,

    /// <summary>A tar archive.</summary>
    Tar,

    /// <summary>A tar archive, compressed by gzip.</summary>
    TarGzip,

    /// <summary>A tar archive, compressed by bzip2.</summary>
    TarBzip2,

    /// <summary>A tar archive, compressed by xz.</summary>
    TarXz,

    /// <summary>A tar archive, compressed by zstd.</summary>
    TarZstd,

    /// <summary>A zip archive.</summary>
    Zip,

    /// <summary>A directory.</summary>
    Directory,
}
