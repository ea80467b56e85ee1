using CondaFuse.Changes.Comparing;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Packing.Metadata;
using CondaFuse.Store.Creating;
using CondaFuse.Store.FirstUse;
using CondaFuse.Store.Packages;
using CondaFuse.Store.Retention;
using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>
/// Commits a tree's changes to its archive as a new generation. If the process is killed, there are either the changes, or an archive that records
/// them as merged: then they no longer count.
/// </summary>
/// <param name="tree">The tree; it holds the write lock.</param>
/// <param name="image">Canonical path of the archive.</param>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="clock">The clock.</param>
internal sealed class TreeCommit(ChangedTree tree, string image, Layout layout, TimeProvider clock)
{
    /// <summary>The path at which the archive is mounted by name: symlinks to it count as internal.</summary>
    private readonly string _place = layout.MountPointOf(image);

    /// <summary>
    /// Commits. Symlinks to the archive were resolved. A file with several hard links, and a zip archive, is replaced by a new file.
    /// </summary>
    /// <param name="request">The settings of the commit.</param>
    /// <param name="expected">The expected state of the archive.</param>
    /// <param name="isLast">Whether the tree is no longer used; otherwise it continues with the new generation.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels; nothing has changed then.</param>
    /// <returns>Null if there is nothing to commit.</returns>
    /// <exception cref="StoreException">Another process writes the changes.</exception>
    /// <exception cref="TreeException">The archive could not be written: it and the changes are unchanged.</exception>
    public CommitReport? Run(
        CommitRequest request, GenerationInfo expected, bool isLast, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        var start = clock.GetTimestamp();
        using var pending = Begin(isLast);
        if (pending.Tree.ChangedInodes.Count == 0)
        {
            if (isLast)
            {
                pending.Complete(image: null, expected.Generation); // the changes cancelled each other out: the journal ends with them
            }

            return null;
        }

        var changes = TreeComparison.Compare(pending.Tree.Base, pending.Tree, pending.Tree.ChangedInodes);
        var packages = PackageText.Of(PackagesOf(pending.Tree, changes));
        List<string> warnings = [.. ExternalLinks.Warn(pending.Tree, _place, changes)];
        if (!EnvironmentMark.IsIn(pending.Tree) && EmptiedWarning(expected.Generation) is { } emptied)
        {
            warnings.Insert(0, emptied);
        }

        var options = new CommitOptions
        {
            Threads = request.Threads,
            Time = Timestamp.Now(clock),
            Message = request.Message ?? packages,
            MergedSegment = pending.Segment,
            Expected = expected,
            InNewFile = FileNames.Count(image) > 1,
            PrefixTable = PrefixTables.OfCommit(pending.Tree, image, changes),
            FirstUses = FirstUses.Recorded(layout, expected.Identity, pending.Tree),
        };
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)
            ?? throw new StoreException(StoreFault.NotFound, $"the directory of {image} does not exist any more");
        var result = ImageWriter.Commit(folder, Path.GetFileName(image), pending.Tree, options, progress, cancellation);
        pending.Complete(isLast ? null : ImageTree.Open(image), result.Info.Generation);
        return new CommitReport(
            result.Info.Generation, result.Difference, result.GrownBytes, packages, clock.GetElapsedTime(start).TotalSeconds,
            [.. warnings, .. result.Warnings]);
    }

    /// <summary>A warning that the environment is gone, and how to restore it; null if the archive never held one.</summary>
    private string? EmptiedWarning(long newest)
    {
        var name = Path.GetFileNameWithoutExtension(image);
        using (var before = ImageTree.Open(image))
        {
            if (!EnvironmentMark.IsIn(before))
            {
                return EnvironmentMark.FindLastBeforeEmptied(image) is { } earlier ? Words(earlier) : null;
            }
        }

        return ImageTree.HasGenerations(image) ? Words(newest) : $"'{name}' is no longer an environment: its conda-meta/history was removed";

        string Words(long last) =>
            $"'{name}' is no longer an environment: its conda-meta/history was removed. "
                + $"To restore it: condafuse rollback {ShellArgument.Of(name)} {last}";
    }

    /// <summary>Takes the write lock, unless this process holds it already.</summary>
    private PendingCommit Begin(bool isLast)
    {
        try
        {
            return tree.BeginCommit(isLast);
        }
        catch (TreeException failure) when (failure.Failure == TreeFailure.ReadOnly)
        {
            throw new StoreException(StoreFault.Busy, $"cannot commit the changes of {image}: {failure.Message}", failure);
        }
    }

    private IReadOnlyList<PackageChange> PackagesOf(ILayeredTree changed, IReadOnlyList<TreeDifference> changes) =>
        PackageDifferences.Of(changed.Base, changed, PrefixLocator.Locate(changed, Path.GetFileNameWithoutExtension(image)), changes);
}
