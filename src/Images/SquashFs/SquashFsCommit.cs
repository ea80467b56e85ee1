using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs;

/// <summary>
/// Appends generations to images. New data and a complete new set of tables go behind the old end and are synced; then the superblock is overwritten
/// in place. Until that write the image shows what it showed, and who has it open goes on seeing that afterwards too.
/// </summary>
public static class SquashFsCommit
{
    /// <summary>Appends what a tree shows to the image whose change it is.</summary>
    /// <param name="folder">The image's folder.</param>
    /// <param name="name">The image's file in it: no symlink.</param>
    /// <param name="tree">The image's tree with changes; it must not change meanwhile.</param>
    /// <param name="options">How to write it.</param>
    /// <param name="progress">Told how far it is; must return quickly.</param>
    /// <param name="cancellation">Stops; the image is as it was.</param>
    /// <exception cref="TreeException">
    /// Nothing was changed: <see cref="TreeFailure.NoSpace"/>, <see cref="TreeFailure.QuotaExceeded"/>, <see cref="TreeFailure.Storage"/>,
    /// <see cref="TreeFailure.ReadOnly"/> (the file may not be written), <see cref="TreeFailure.Exists"/> (it
    /// shows another generation than expected).
    /// </exception>
    public static CommitResult Append(
        IStorageFolder folder, string name, ILayeredTree tree, CommitOptions options, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        if (options.InNewFile)
        {
            using var copy = new CopiedImage(folder, name);
            var result = Append(folder, copy.Name, tree, options with { InNewFile = false }, progress, cancellation);
            copy.Publish();
            return result;
        }

        using var appending = new AppendableImage(folder, name, options);
        appending.RequireBase(tree.Base);
        return new GenerationWriter(tree, appending.Image, appending.Begin(), options).Run(appending.LengthBefore, progress, cancellation);
    }

    /// <summary>Appends a generation that shows what an earlier one showed; that can be undone in the same way. Costs a copy of tables.</summary>
    /// <param name="folder">As above.</param>
    /// <param name="name">As above.</param>
    /// <param name="generation">The number of the earlier one.</param>
    /// <param name="options">How to write it.</param>
    /// <param name="cancellation">Stops; the image is as it was.</param>
    /// <exception cref="TreeException">Nothing was changed, as above.</exception>
    /// <exception cref="ImageException"><see cref="ImageFault.NoGeneration"/>.</exception>
    public static CommitResult Restore(
        IStorageFolder folder, string name, long generation, CommitOptions options, CancellationToken cancellation = default)
    {
        if (options.InNewFile)
        {
            using var copy = new CopiedImage(folder, name);
            var result = Restore(folder, copy.Name, generation, options with { InNewFile = false }, cancellation);
            copy.Publish();
            return result;
        }

        using var appending = new AppendableImage(folder, name, options);
        using var wanted = appending.ReadGeneration(generation);
        return new GenerationRestorer(appending.Image, wanted, appending.Begin(), options).Run(appending.LengthBefore, generation, cancellation);
    }
}
