using CondaFuse.Compression;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Images.Zip;
using CondaFuse.Packing.Archives;
using CondaFuse.Packing.Content;
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
    /// <param name="settings">How.</param>
    /// <param name="progress">Told how far it is; must return quickly.</param>
    /// <param name="cancellation">Stops, and removes what was written.</param>
    /// <exception cref="TreeException">A source entry cannot be read (the message names it), or the output not be written.</exception>
    public static PackedArchive Write(
        IReadableTree tree, string output, ArchiveSettings settings, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(settings);
        switch (settings.Format)
        {
            case PackFormat.SquashFs:
                var image = SquashFsWriter.Write(tree, output, settings.Image ?? ImageOptions(settings), progress, cancellation);
                return new PackedArchive(image.ImageBytes, image.ContentBytes, image.Counts.Total, image.Warnings);
            case PackFormat.Zip:
                var zip = ZipWriter.Write(tree, output, ZipOptions(settings), settings.AllowsZip64, progress, cancellation);
                return new PackedArchive(zip.ImageBytes, zip.ContentBytes, zip.Counts.Total, zip.Warnings);
            case PackFormat.Directory:
                return DirectoryOutput.Write(tree, output, settings, progress, cancellation);
            default:
                return TarArchive.Write(tree, output, settings, progress, cancellation);
        }
    }

    /// <summary>How a SquashFS image of a level is written.</summary>
    public static PackOptions ImageOptions(ArchiveSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var options = new PackOptions { Threads = settings.Threads, ArcRoot = PlaceOf(settings) };
        return settings.Level switch
        {
            0 => options with { Compressor = Codecs.None },
            XzLevel => options with { Compressor = Codecs.Xz, BlockSize = Codecs.LargeBlock },
            _ => options with { Compressor = Codecs.Zstd, Level = ZstdLevels[settings.Level - 1], BlockSize = Codecs.LargeBlock },
        };
    }

    private static PackOptions ZipOptions(ArchiveSettings settings) =>
        new() { Threads = settings.Threads, Level = settings.Level, ArcRoot = PlaceOf(settings) };

    private static string? PlaceOf(ArchiveSettings settings) => settings.ArcRoot.Length == 0 ? null : settings.ArcRoot;
}

/// <summary>What was written.</summary>
/// <param name="ArchiveBytes">Length of the archive; of a directory, of its content.</param>
/// <param name="ContentBytes">Lengths of all files, each counted once however many names it has.</param>
/// <param name="Entries">Files, directories and the rest, each counted once however many names it has.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record PackedArchive(long ArchiveBytes, long ContentBytes, long Entries, IReadOnlyList<string> Warnings);

/// <summary>A directory as it is packed where symlinks are not.</summary>
public static class PackedDirectory
{
    /// <summary>A view of a directory with copies of what its symlinks lead to in their place.</summary>
    /// <param name="source">The directory; it must not change until it is packed.</param>
    /// <param name="path">Its absolute path.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="PackingException"><see cref="PackingFault.LinksWithoutCopies"/>.</exception>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static IReadableTree WithoutLinks(IReadableTree source, string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var files = SourceFiles.OfDirectory(source, cancellation);
        var tree = new PackedTreeBuilder(files, [path]);
        foreach (var file in new LinkCopies(files, [path], takesFilters: false).Replace([.. files.ByPath.Values]))
        {
            tree.Add(file, content: null);
        }

        return new PackedTree(source, tree.Root);
    }
}

/// <summary>How an archive is written.</summary>
public sealed record ArchiveSettings
{
    /// <summary>The level that is taken where nobody says otherwise.</summary>
    public const int DefaultLevel = 4;

    /// <summary>The format.</summary>
    public required PackFormat Format { get; init; }

    /// <summary>Threads that compress.</summary>
    public required int Threads { get; init; }

    /// <summary>From 0, the fastest, to <see cref="PackFormats.HighestLevel"/>, the smallest.</summary>
    public int Level { get; init; } = DefaultLevel;

    /// <summary>Where in the archive the tree goes: names with <c>/</c> between; empty for its root.</summary>
    public string ArcRoot { get; init; } = "";

    /// <summary>Whether a zip archive may have 64-bit sizes, which old programs do not read; else what needs them fails.</summary>
    public bool AllowsZip64 { get; init; } = true;

    /// <summary>How a SquashFS image is written, if not as the level says.</summary>
    public PackOptions? Image { get; init; }
}
