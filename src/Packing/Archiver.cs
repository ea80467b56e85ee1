using CondaFuse.Compression;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Images.Zip;
using CondaFuse.Packing.Archives;
using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>Writes trees as archives of any format.</summary>
public static class Archiver
{
    private const int XzLevel = 9;

    /// <summary>Levels of zstd for levels 1 to 8, as conda-pack has them.</summary>
    private static ReadOnlySpan<byte> ZstdLevels => [2, 5, 7, 10, 12, 15, 17, 20];

    /// <summary>
    /// Writes a tree. The output appears, or is replaced, only when it is whole; whatever fails, it is as it was. The same tree and terms give
    /// the same bytes, with any number of threads.
    /// </summary>
    /// <param name="tree">The tree; it must not change meanwhile.</param>
    /// <param name="output">The archive's path.</param>
    /// <param name="terms">How.</param>
    /// <param name="progress">Told how far it is; must return quickly.</param>
    /// <param name="cancellation">Stops, and removes what was written.</param>
    /// <exception cref="TreeException">A source entry cannot be read (the message names it), or the output not be written.</exception>
    public static PackedArchive Write(
        IReadableTree tree, string output, ArchiveTerms terms, IProgress<PackProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(terms);
        switch (terms.Format)
        {
            case PackFormat.SquashFs:
                var image = SquashFsWriter.Write(tree, output, terms.Image ?? ImageOptions(terms), progress, cancellation);
                return new PackedArchive(image.ImageBytes, image.ContentBytes, image.Counts.Total, image.Warnings);
            case PackFormat.Zip:
                var zip = ZipWriter.Write(tree, output, ZipOptions(terms), terms.AllowsZip64, progress, cancellation);
                return new PackedArchive(zip.ImageBytes, zip.ContentBytes, zip.Counts.Total, zip.Warnings);
            case PackFormat.Directory:
                return DirectoryOutput.Write(tree, output, terms, progress, cancellation);
            default:
                return TarArchive.Write(tree, output, terms, progress, cancellation);
        }
    }

    /// <summary>How a SquashFS image of a level is written.</summary>
    public static PackOptions ImageOptions(ArchiveTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        var options = new PackOptions { Threads = terms.Threads, ArcRoot = PlaceOf(terms) };
        return terms.Level switch
        {
            0 => options with { Compressor = Codecs.None },
            XzLevel => options with { Compressor = Codecs.Xz, BlockSize = Codecs.LargeBlock },
            _ => options with { Compressor = Codecs.Zstd, Level = ZstdLevels[terms.Level - 1], BlockSize = Codecs.LargeBlock },
        };
    }

    private static PackOptions ZipOptions(ArchiveTerms terms) => new() { Threads = terms.Threads, Level = terms.Level, ArcRoot = PlaceOf(terms) };

    private static string? PlaceOf(ArchiveTerms terms) => terms.ArcRoot.Length == 0 ? null : terms.ArcRoot;
}
