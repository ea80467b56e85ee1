using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs;

/// <summary>
/// Appends generations to images. New data and a complete set of tables are written after the old end and synced; then the superblock is overwritten
/// in place. Until that write, the image shows the old generation. Processes that have it open continue to see that one.
/// </summary>
public static class SquashFsCommit
{
    /// <summary>Appends a changed tree to its image.</summary>
    /// <param name="folder">The image's folder.</param>
    /// <param name="name">The image's file in it, not a symlink.</param>
    /// <param name="tree">The image's tree with changes; it must not change meanwhile.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Receives the progress; must return quickly.</param>
    /// <param name="cancellation">Cancels; the image is unchanged then.</param>
    /// <exception cref="TreeException">Nothing has changed: <see cref="TreeFailure.NoSpace"/>, <see cref="TreeFailure.QuotaExceeded"/>,
    /// <see cref="TreeFailure.Storage"/>, <see cref="TreeFailure.ReadOnly"/> (the file is not writable), <see cref="TreeFailure.Exists"/> (it has
    /// another generation than expected).</exception>
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

    /// <summary>
    /// Appends a generation with the content of an earlier one, which can be undone in the same way. The cost is a copy of the tables.
    /// </summary>
    /// <param name="folder">As above.</param>
    /// <param name="name">As above.</param>
    /// <param name="generation">The number of the earlier one.</param>
    /// <param name="options">The settings.</param>
    /// <param name="cancellation">Cancels; the image is unchanged then.</param>
    /// <returns>Null, and the image is unchanged, if the newest generation has the same content already.</returns>
    /// <exception cref="TreeException">Nothing has changed; reasons as above.</exception>
    /// <exception cref="ImageException"><see cref="ImageFault.NoGeneration"/>.</exception>
    public static CommitResult? Restore(
        IStorageFolder folder, string name, long generation, CommitOptions options, CancellationToken cancellation = default)
    {
        if (options.InNewFile)
        {
            using var copy = new CopiedImage(folder, name);
            var result = Restore(folder, copy.Name, generation, options with { InNewFile = false }, cancellation);
            if (result is not null)
            {
                copy.Publish();
            }

            return result;
        }

        using var appending = new AppendableImage(folder, name, options);
        using var wanted = appending.ReadGeneration(generation);
        var difference = new RestoredTotals(appending.Image, wanted).Difference(out var totals);
        return difference == default
            ? null
            : new GenerationRestorer(appending.Image, wanted, appending.Begin(), options)
                .Run(difference, totals, appending.LengthBefore, generation, cancellation);
    }
}
