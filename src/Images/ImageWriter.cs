using CondaFuse.Images.SquashFs;
using CondaFuse.Images.Zip;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>Writes images of any format.</summary>
public static class ImageWriter
{
    /// <summary>Writes a tree into a new image; the target appears when it is complete and on its storage.</summary>
    /// <param name="source">The tree; it must not change meanwhile.</param>
    /// <param name="target">The image's file.</param>
    /// <param name="isZip">Whether to write a zip archive.</param>
    /// <param name="options">The settings; a zip archive ignores compressor and block size.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels; nothing is left then.</param>
    /// <exception cref="TreeException">An entry of the source cannot be read or stored, or the target cannot be written.</exception>
    public static PackResult Write(
        IReadableTree source, string target, bool isZip, PackOptions options, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default) =>
        isZip
            ? ZipWriter.Write(source, target, options, progress: progress, cancellation: cancellation)
            : SquashFsWriter.Write(source, target, options, progress, cancellation);

    /// <summary>Writes a tree as above into a folder, replacing any existing entry of the name.</summary>
    /// <param name="source">The tree; it must not change meanwhile.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The image's file in it; a symlink of that name is replaced.</param>
    /// <param name="isZip">Whether to write a zip archive.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels; nothing is left then.</param>
    /// <exception cref="TreeException">As above.</exception>
    public static PackResult Write(
        IReadableTree source, IStorageFolder folder, string name, bool isZip, PackOptions options, IProgress<PackProgress>? progress,
        CancellationToken cancellation) =>
        isZip
            ? ZipWriter.Write(source, folder, name, options, progress, cancellation)
            : SquashFsWriter.Write(source, folder, name, options, progress, cancellation);

    /// <summary>Commits a changed tree to its image: into a new file that replaces it, or appended to the end.</summary>
    /// <param name="folder">The image's folder.</param>
    /// <param name="name">The image's file in it, not a symlink.</param>
    /// <param name="tree">The image's tree with changes; it must not change meanwhile.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels; the image is unchanged then.</param>
    /// <exception cref="TreeException">Nothing was changed.</exception>
    public static CommitResult Commit(
        IStorageFolder folder, string name, ILayeredTree tree, CommitOptions options, IProgress<PackProgress>? progress,
        CancellationToken cancellation) =>
        ImageFormat.IsZip(Path.Combine(folder.Path, name))
            ? ZipCommit.Write(folder, name, tree, options, progress, cancellation)
            : SquashFsCommit.Append(folder, name, tree, options, progress, cancellation);
}

/// <summary>The progress of writing an image. Reported from any of its threads, never from two at once.</summary>
/// <param name="Files">Number of files read.</param>
/// <param name="Bytes">Bytes of content read.</param>
/// <param name="StoredBytes">Bytes of the image written.</param>
/// <param name="TotalFiles">Number of files found so far; the total if <paramref name="IsTotalKnown"/>.</param>
/// <param name="TotalBytes">Bytes of content found so far.</param>
/// <param name="IsTotalKnown">Whether the whole source was walked.</param>
public readonly record struct PackProgress(long Files, long Bytes, long StoredBytes, long TotalFiles, long TotalBytes, bool IsTotalKnown);

/// <summary>The result of writing an image.</summary>
/// <param name="ImageBytes">Length of the image's file.</param>
/// <param name="ContentBytes">Total length of all files, each counted once however many names it has.</param>
/// <param name="Counts">Number of inodes of each kind.</param>
/// <param name="Names">Number of names in all directories.</param>
/// <param name="SharedFiles">Number of files whose content was stored already, and so is stored once.</param>
/// <param name="Identity">The archive's permanent identity.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record PackResult(
    long ImageBytes, long ContentBytes, EntryCounts Counts, long Names, long SharedFiles, Guid Identity, IReadOnlyList<string> Warnings);

/// <summary>A tree whose files are on disk, and can be hard-linked there.</summary>
public interface IFileLinks
{
    /// <summary>Creates a hard link to a file, sharing content and all attributes.</summary>
    /// <param name="file">The file.</param>
    /// <param name="directory">A directory on disk.</param>
    /// <param name="name">The new name, which must be free.</param>
    /// <returns>False if a hard link is not allowed or not possible: then the file must be copied.</returns>
    /// <exception cref="TreeException">It failed for any other reason.</exception>
    bool TryLink(NodeId file, HandleLease directory, ReadOnlySpan<byte> name);
}
