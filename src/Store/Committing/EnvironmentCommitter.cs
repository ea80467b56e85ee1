using CondaFuse.Changes.Comparing;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Packages;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>
/// Puts what was changed beside an archive into it, as a new generation. Killed at any point, it leaves the changes, or an archive that names them as merged:
/// then they no longer count.
/// </summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="self">Who writes.</param>
/// <param name="clock">The time.</param>
/// <param name="log">Takes what is found amiss, in words for a person.</param>
public sealed class EnvironmentCommitter(Layout layout, WriterIdentity self, TimeProvider clock, Action<string> log)
{
    /// <summary>Commits what is beside an archive that nobody writes now.</summary>
    /// <param name="image">The archive.</param>
    /// <param name="request">How.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; everything is as it was.</param>
    /// <returns>Null if there is nothing to commit.</returns>
    /// <exception cref="StoreException">The changes are this user's own, belong to another archive, or somebody writes them.</exception>
    /// <exception cref="TreeException">The archive could not be written: it, and the changes, are as they were.</exception>
    public CommitOutcome? Commit(string image, CommitRequest request, IProgress<PackProgress>? progress = null, CancellationToken cancellation = default)
    {
        var start = clock.GetTimestamp();
        var state = ArchiveState.Read(layout, image);
        if (!state.Place.HasChanges)
        {
            return null;
        }

        if (state.Place.PersonalBecause is { } reason)
        {
            throw new StoreException(
                StoreFault.Unsupported, $"{reason}: your own changes in {state.Place.Folder} go into an archive of your own, 'condafuse commit --to NEW {Path.GetFileNameWithoutExtension(image)}'");
        }

        using var changes = new GuardedChangeStore(new WritingTerms(state, self, new KernelLocks(), clock, log));
        using var tree = ChangedTree.Open(SquashFsTree.Open(state.Image), changes, clock);
        using var journal = Begin(changes, tree, state);
        if (!tree.HasChanges)
        {
            Forget(journal, state.Version.Generation, state); // done and undone again
            return null;
        }

        var packages = PackagesOf(tree, state.Image);
        var options = new CommitOptions
        {
            Threads = request.Threads,
            Time = ImageTime.Of(clock),
            Message = request.Message ?? PackageWords.Of(packages),
            MergedSegment = journal.Segment,
            Expected = state.Version,
        };
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(state.Image)!)
            ?? throw new StoreException(StoreFault.NotFound, $"the folder of {state.Image} is gone");
        var result = SquashFsCommit.Append(folder, Path.GetFileName(state.Image), tree, options, progress, cancellation);
        Forget(journal, result.Info.Generation, state);
        return new CommitOutcome(result, packages, clock.GetElapsedTime(start));
    }

    /// <summary>Takes the right to write.</summary>
    private static Changes.IChangeLog Begin(GuardedChangeStore changes, ChangedTree tree, ArchiveState state)
    {
        try
        {
            return changes.BeginWriting(tree.HighestInode + 1);
        }
        catch (TreeException failure) when (failure.Failure == TreeFailure.ReadOnly)
        {
            throw new StoreException(StoreFault.Busy, $"the changes of {state.Image} cannot be committed now: {failure.Message}", failure);
        }
    }

    /// <summary>Removes the journal; where that fails, the archive says that it no longer counts.</summary>
    private void Forget(Changes.IChangeLog journal, long generation, ArchiveState state)
    {
        try
        {
            journal.Merged(journal.Segment, generation);
            if (!state.Place.HasChanges)
            {
                state.Place.Remove();
            }
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            log($"{state.Place.Folder} is in the archive now, but could not be removed: {failure.Message}");
        }
    }

    private static IReadOnlyList<PackageChange> PackagesOf(ChangedTree tree, string image)
    {
        var paths = TreeComparison.Compare(tree.Base, tree, tree.ChangedInodes);
        return new PackageComparison(tree.Base, tree, PrefixLocator.Locate(tree, Path.GetFileNameWithoutExtension(image))).Compare(paths);
    }
}
