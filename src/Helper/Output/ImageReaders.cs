namespace CondaFuse.Helper.Output;

/// <summary>Since when others read a compressor: Linux by the history of <c>fs/squashfs/Kconfig</c>, squashfuse by its NEWS.</summary>
/// <param name="Kernel">First version of Linux.</param>
/// <param name="Squashfuse">First version of squashfuse.</param>
internal sealed record ImageReaders(string Kernel, string Squashfuse)
{
    public static ImageReaders Of(string compressor) => compressor switch
    {
        "zstd" => new ImageReaders("4.14", "0.1.103"),
        "lz4" => new ImageReaders("3.19", "0.1.100"),
        "xz" => new ImageReaders("2.6.38", "0.1.100"),
        _ => new ImageReaders("2.6.29", "0.1.100"),
    };
}
