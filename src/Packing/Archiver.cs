using CondaFuse.Compression;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Images.Zip;
using CondaFuse.Packing.Archives;
using CondaFuse.Packing.Content;
using CondaFuse.Packing.FirstUse;
using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>Writes trees as archives of any format.</summary>
public static class Archiver
{
    private const int XzLevel = 9;

    /// <summary>Levels of zstd for levels 1 to 8, as in conda-pack.</summary>
    private static ReadOnlySpan<byte> ZstdLevels => [2, 5, 7, 10, 12, 15, 17, 20];

    /// <summary>
    /// Writes a tree. The output is created or replaced only when it is complete; after a failure, it is unchanged. The same tree and settings give
    /// the same bytes, with any number of threads.
    /// </summary>
    /// <param name="tree">The tree; it must not change meanwhile.</param>
    /// <param name="output">The archive's path.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="progress">Receives the progress; must return quickly.</param>
    /// <param name="cancellation">Cancels, and removes what was written.</param>
    /// <exception cref="TreeException">An entry of the source cannot be read (the message names it), or the output cannot be written.</exception>
    public static PackedArchive Write(
        IReadableTree tree, string output, ArchiveSettings settings, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(settings);
        var table = PrefixDiscovery.TableOf(tree, top: "", settings.ArcRoot);
        switch (settings.Format)
        {
            case PackFormat.SquashFs:
                var options = settings.Image ?? ImageOptions(settings);
                options = options with { PrefixTable = table, FirstUses = FirstUseRule.Of(tree, top: "") };
                var image = SquashFsWriter.Write(tree, output, options, progress, cancellation);
                return new PackedArchive(image.ImageBytes, image.ContentBytes, image.Counts.Total, image.Warnings);
            case PackFormat.Zip:
                var zipOptions = ZipOptions(settings) with { PrefixTable = table };
                var zip = ZipWriter.Write(tree, output, zipOptions, settings.AllowsZip64, progress, cancellation);
                return new PackedArchive(zip.ImageBytes, zip.ContentBytes, zip.Counts.Total, zip.Warnings);
            case PackFormat.Directory:
                return DirectoryOutput.Write(tree, output, settings, progress, cancellation);
            default:
                return TarArchive.Write(tree, output, settings, progress, cancellation);
        }
    }

    /// <summary>Settings of a SquashFS image for a level.</summary>
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

/// <summary>The result of writing an archive.</summary>
/// <param name="ArchiveBytes">Length of the archive; for a directory, of its content.</param>
/// <param name="ContentBytes">Total length of all files, each counted once however many names it has.</param>
/// <param name="Entries">Number of files, directories and other entries, each counted once however many names it has.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record PackedArchive(long ArchiveBytes, long ContentBytes, long Entries, IReadOnlyList<string> Warnings);

/// <summary>Packs a directory without symlinks.</summary>
public static class PackedDirectory
{
    /// <summary>A view of a directory in which symlinks are replaced by copies of their targets.</summary>
    /// <param name="source">The directory; it must not change until it is packed.</param>
    /// <param name="path">Its absolute path.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="PackingException"><see cref="PackingFault.LinksWithoutCopies"/>.</exception>
    /// <returns>The view, and warnings for the user.</returns>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static (IReadableTree Tree, IReadOnlyList<string> Warnings) WithoutLinks(
        IReadableTree source, string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var files = SourceFiles.OfDirectory(source, cancellation);
        var tree = new PackedTreeBuilder(files, [path]);
        var copies = new LinkCopies(files, path, [path], takesFilters: false);
        foreach (var file in copies.Replace([.. files.ByPath.Values]))
        {
            tree.Add(file, content: null);
        }

        return (new PackedTree(source, tree.Root), copies.Warning is { } warning ? [warning] : []);
    }
}

/// <summary>Settings for writing an archive.</summary>
public sealed record ArchiveSettings
{
    /// <summary>The default level.</summary>
    public const int DefaultLevel = 4;

    /// <summary>The format.</summary>
    public required PackFormat Format { get; init; }

    /// <summary>Threads that compress.</summary>
    public required int Threads { get; init; }

    /// <summary>From 0, the fastest, to <see cref="PackFormats.HighestLevel"/>, the smallest.</summary>
    public int Level { get; init; } = DefaultLevel;

    /// <summary>The tree's location in the archive: names separated by <c>/</c>; empty for the root.</summary>
    public string ArcRoot { get; init; } = "";

    /// <summary>Whether a zip archive may use 64-bit sizes, which old programs cannot read; otherwise an archive that needs them fails.</summary>
    public bool AllowsZip64 { get; init; } = true;

    /// <summary>Settings of a SquashFS image; null for those of the level.</summary>
    public PackOptions? Image { get; init; }
}
