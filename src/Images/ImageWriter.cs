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
        IReadableTree source, string target, bool isZip, PackOptions options, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default) =>
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
        IStorageFolder folder, string name, ILayeredTree tree, CommitOptions options, IProgress<PackProgress>? progress,
        CancellationToken cancellation) =>
        ImageFormat.IsZip(Path.Combine(folder.Path, name))
            ? ZipCommit.Write(folder, name, tree, options, progress, cancellation)
            : SquashFsCommit.Append(folder, name, tree, options, progress, cancellation);
}

/// <summary>How far the writing of an image is. Reported from any of its threads, never from two at once.</summary>
/// <param name="Files">Files that were read.</param>
/// <param name="Bytes">Bytes of content that were read.</param>
/// <param name="StoredBytes">Bytes of the image that were written.</param>
/// <param name="TotalFiles">Files found so far; all of them once <paramref name="IsTotalKnown"/>.</param>
/// <param name="TotalBytes">Bytes of content found so far.</param>
/// <param name="IsTotalKnown">Whether the source was walked to its end.</param>
public readonly record struct PackProgress(long Files, long Bytes, long StoredBytes, long TotalFiles, long TotalBytes, bool IsTotalKnown);

/// <summary>What was written.</summary>
/// <param name="ImageBytes">Length of the image's file.</param>
/// <param name="ContentBytes">Lengths of all files, each counted once however many names it has.</param>
/// <param name="Counts">Inodes of each kind.</param>
/// <param name="Names">Names in all directories.</param>
/// <param name="SharedFiles">Files whose content was there already and is stored once.</param>
/// <param name="Identity">The archive's identity, for good.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record PackResult(
    long ImageBytes, long ContentBytes, EntryCounts Counts, long Names, long SharedFiles, Guid Identity, IReadOnlyList<string> Warnings);

/// <summary>A tree whose files are files of the disk, and may get further names there.</summary>
public interface IFileLinks
{
    /// <summary>Gives a file a further name: hard links share content and all attributes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="directory">A directory of the disk.</param>
    /// <param name="name">The name there; not used yet.</param>
    /// <returns>False where it must not, or cannot, be one file in both places: then it is to be copied.</returns>
    /// <exception cref="TreeException">It failed otherwise.</exception>
    bool TryLink(NodeId file, HandleLease directory, ReadOnlySpan<byte> name);
}
