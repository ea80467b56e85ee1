using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Committing;

/// <summary>Commits what is beside an archive that nobody has mounted.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="self">Who writes.</param>
/// <param name="clock">The time.</param>
/// <param name="log">Takes what is found amiss, in words for a person.</param>
public sealed class EnvironmentCommitter(Layout layout, WriterIdentity self, TimeProvider clock, Action<string> log)
{
    /// <summary>Commits.</summary>
    /// <param name="image">The archive.</param>
    /// <param name="request">How.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; everything is as it was.</param>
    /// <returns>Null if there is nothing to commit.</returns>
    /// <exception cref="StoreException">The changes are this user's own, belong to another archive, or somebody writes them.</exception>
    /// <exception cref="Tree.TreeException">The archive could not be written: it, and the changes, are as they were.</exception>
    public CommitReport? Commit(string image, CommitRequest request, IProgress<PackProgress>? progress = null, CancellationToken cancellation = default)
    {
        var state = ArchiveState.Read(layout, image);
        if (!state.Place.HasChanges)
        {
            return null;
        }

        if (state.Place.IsPersonal)
        {
            throw state.Place.Refusal(Path.GetFileNameWithoutExtension(image), $"your own changes in {state.Place.Folder} stay there");
        }

        using var changes = new GuardedChangeStore(new WritingTerms(state, self, new KernelLocks(), clock, log));
        using var tree = ChangedTree.Open(ImageTree.Open(state.Image), changes, clock);
        var report = new TreeCommit(tree, state.Image, clock).Run(request, state.Version, isLast: true, progress, cancellation);
        state.Place.RemoveIfEmpty();
        return report;
    }
}
