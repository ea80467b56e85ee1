using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs;

/// <summary>
/// Appends generations to images. New data and a complete new set of tables go behind the old end and are synced; then the superblock is overwritten in place.
/// Until that write the image shows what it showed, and who has it open goes on seeing that afterwards too.
/// </summary>
public static class SquashFsCommit
{
    /// <summary>Appends what a tree shows to the image whose change it is.</summary>
    /// <param name="folder">The image's folder.</param>
    /// <param name="name">The image's file in it: no symlink, and with no other name, for those would keep the old generation.</param>
    /// <param name="tree">The image's tree with changes; it must not change meanwhile.</param>
    /// <param name="options">How to write it.</param>
    /// <param name="progress">Told how far it is; must return quickly.</param>
    /// <param name="cancellation">Stops; the image is as it was.</param>
    /// <exception cref="TreeException">
    /// Nothing was changed: <see cref="TreeFailure.NoSpace"/>, <see cref="TreeFailure.QuotaExceeded"/>, <see cref="TreeFailure.Storage"/>,
    /// <see cref="TreeFailure.ReadOnly"/> (the file may not be written), <see cref="TreeFailure.Exists"/> (it shows another generation than expected).
    /// </exception>
    public static CommitResult Append(
        IStorageFolder folder, string name, ILayeredTree tree, CommitOptions options, IProgress<PackProgress>? progress = null, CancellationToken cancellation = default)
    {
        var path = Path.Combine(folder.Path, name);
        using var file = Open(folder, name, path);
        var length = file.Length;
        using var image = BaseImage.Read(new ImageFile(file, path), options.Threads);
        var shown = GenerationInfo.Of(image.Record, image.Image.Superblock);
        if (options.Expected is { } expected && (expected.Identity, expected.Generation) != (shown.Identity, shown.Generation))
        {
            throw new TreeException(
                TreeFailure.Exists, $"{path}: the image shows generation {shown.Generation} of {shown.Identity}, but the changes build on generation {expected.Generation} of {expected.Identity}.");
        }

        using var output = new AppendedGeneration(file, path, image.Image.Superblock, image.Record is not null);
        return new GenerationWriter(tree, image, output, options).Run(length, progress, cancellation);
    }

    private static IStorageFile Open(IStorageFolder folder, string name, string path)
    {
        try
        {
            return folder.Open(name, StorageAccess.Write);
        }
        catch (PlatformException exception)
        {
            throw StorageFailures.Of(exception, path);
        }
    }
}
