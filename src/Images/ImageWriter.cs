using CondaFuse.Images.SquashFs;
using CondaFuse.Images.Zip;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>Writes images of any format.</summary>
public static class ImageWriter
{
    /// <summary>Writes a tree into a new image; the target appears when it is whole and on its storage.</summary>
    /// <param name="source">The tree; it must not change meanwhile.</param>
    /// <param name="target">The image's file.</param>
    /// <param name="isZip">Whether it becomes a zip archive.</param>
    /// <param name="options">How to write it; of a zip archive neither compressor nor size of blocks matter.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops, and leaves nothing.</param>
    /// <exception cref="TreeException">A source entry cannot be read or held, or the target not be written.</exception>
    public static PackResult Write(
        IReadableTree source, string target, bool isZip, PackOptions options, IProgress<PackProgress>? progress = null, CancellationToken cancellation = default) =>
        isZip
            ? ZipWriter.Write(source, target, options, progress: progress, cancellation: cancellation)
            : SquashFsWriter.Write(source, target, options, progress, cancellation);

    /// <summary>Writes a tree as above, into a folder: in place of what has the name, if anything has.</summary>
    /// <param name="source">The tree; it must not change meanwhile.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The image's file in it; a symlink of that name is replaced.</param>
    /// <param name="isZip">Whether it becomes a zip archive.</param>
    /// <param name="options">How to write it.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops, and leaves nothing.</param>
    /// <exception cref="TreeException">As above.</exception>
    public static PackResult Write(
        IReadableTree source, IStorageFolder folder, string name, bool isZip, PackOptions options, IProgress<PackProgress>? progress,
        CancellationToken cancellation) =>
        isZip
            ? ZipWriter.Write(source, folder, name, options, progress, cancellation)
            : SquashFsWriter.Write(source, folder, name, options, progress, cancellation);

    /// <summary>Puts what a tree shows into the image whose change it is: into a new file that takes its name, or behind its end.</summary>
    /// <param name="folder">The image's folder.</param>
    /// <param name="name">The image's file in it: no symlink.</param>
    /// <param name="tree">The image's tree with changes; it must not change meanwhile.</param>
    /// <param name="options">How to write it.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; the image is as it was.</param>
    /// <exception cref="TreeException">Nothing was changed.</exception>
    public static CommitResult Commit(
        IStorageFolder folder, string name, ILayeredTree tree, CommitOptions options, IProgress<PackProgress>? progress, CancellationToken cancellation) =>
        ImageFormat.IsZip(Path.Combine(folder.Path, name))
            ? ZipCommit.Write(folder, name, tree, options, progress, cancellation)
            : SquashFsCommit.Append(folder, name, tree, options, progress, cancellation);
}
