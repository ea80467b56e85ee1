using CondaFuse.Changes;
using CondaFuse.Changes.Rebasing;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Packing;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>
/// Carries changes over to the present generation of an archive that was committed to meanwhile, as a personal layer's is. The new journal takes the
/// old one's place at once; until then everything is as it was.
/// </summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="self">Who writes.</param>
/// <param name="clock">The time.</param>
/// <param name="log">Takes what is found amiss, in words for a person.</param>
public sealed class LayerRebasing(Layout layout, WriterIdentity self, TimeProvider clock, Action<string> log)
{
    /// <summary>Rebases.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="keep">Which side counts where both did something else; null to change nothing then.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <returns>Null if there is nothing to rebase.</returns>
    /// <exception cref="StoreException">It is mounted, somebody writes the changes, or what they build on is gone.</exception>
    /// <exception cref="Tree.TreeException">The changes cannot be read, or the storage failed: they are as they were.</exception>
    public RebaseOutcome? Run(Archive archive, RebaseSide? keep, int threads)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        if (!state.Place.HasChanges)
        {
            return null;
        }

        ArchiveWriting.DemandNoMount(layout, state, archive);
        using var claim = WriterClaim.TryTake(state.Place.Files, self, new KernelLocks(), clock, out var other)
            ?? throw new StoreException(
                StoreFault.Busy, $"the write lock of your changes to '{archive.Name}' is held by {new LockStatus(IsHeld: true, other)}; "
                    + $"nothing was changed");
        if (FindBase(state) is not { } before)
        {
            return null;
        }

        // The claim outlives the folder: what it would give back is nothing.
        using var now = SquashFsTree.Open(state.Image, state.Version.Generation);
        MoveToPrefixOf(now, state, before);
        var folder = KeptChanges.OpenOn(before, state, clock, log, () => new MemoryStream());
        using var mine = ChangedTree.Open(SquashFsTree.Open(state.Image, before.Generation), folder, clock);
        var theirs = ImageHistory.FindDiffering(state.Image, before.Generation, state.Version.Generation, threads);
        var rebase = LayerRebase.Of(mine, now, theirs, keep ?? RebaseSide.Theirs);
        if (rebase.Conflicts.Count > 0 && keep is null)
        {
            return new RebaseOutcome(before.Generation, state.Version.Generation, IsDone: false, rebase.Conflicts, 0);
        }

        Replace(folder, rebase, state);
        if (rebase.IsEmpty)
        {
            state.Place.Remove();
        }

        return new RebaseOutcome(
            before.Generation, state.Version.Generation, IsDone: true, rebase.Conflicts, KeptChanges.Count(state, clock).Changes);
    }

    /// <summary>
    /// Changes that were made at another prefix get the one of the generation that they are to build on: what they contain of relocated files is
    /// then no change. The next mount moves them to its own prefix.
    /// </summary>
    private void MoveToPrefixOf(INumberedTree now, ArchiveState state, GenerationInfo before)
    {
        var (name, views) = (Path.GetFileNameWithoutExtension(state.Image), new PrefixView(layout, log));
        var folder = KeptChanges.OpenOn(before, state, clock, log, () => new MemoryStream());
        using var mine = ChangedTree.Open(SquashFsTree.Open(state.Image, before.Generation), folder, clock);
        var prefix = PrefixDiscovery.Mark(mine, PrefixLocator.Locate(mine, name)) ?? views.PrefixOf(mine.Base, before, name);
        if (views.PrefixOf(now, state.Version, name) is { } wanted && prefix is not null && prefix != wanted
            && views.Show(mine, version: null, wanted, name) is IViewTree moved)
        {
            mine.Adopt(moved);
            mine.Sync();
        }
    }

    private static void Replace(ChangeFolder folder, LayerRebase rebase, ArchiveState state)
    {
        using var replacement = folder.BeginRebase(rebase.NextInode, KeptChanges.BaseOf(state.Version));
        rebase.Write(replacement.Log);
        using var written = replacement.Commit();

        // Where nobody knows whether the new journal is in force, this says why.
        written.Sync();
    }

    /// <summary>The generation that the changes build on; null if it is the present one.</summary>
    private GenerationInfo? FindBase(ArchiveState state)
    {
        try
        {
            KeptChanges.OpenOn(state.Version, state, clock, log, () => new MemoryStream()).Dispose();
            return null;
        }
        catch (ChangesException failure) when (failure is { Fault: ChangesFault.OtherGeneration, Generation: { } generation }
            && generation < state.Version.Generation)
        {
            return FormerBase.Find(state, generation) ?? throw FormerBase.Stale(state, generation, failure);
        }
        catch (ChangesException)
        {
            KeptChanges.Open(state, clock).Dispose(); // says it in words for a person
            throw;
        }
    }
}

/// <summary>What became of changes that were to be carried over to the archive's present generation.</summary>
/// <param name="Before">The generation that they built on.</param>
/// <param name="Generation">The archive's present one.</param>
/// <param name="IsDone">Whether they build on that now; else they are as they were.</param>
/// <param name="Conflicts">Where both sides did something else.</param>
/// <param name="PendingChanges">Operations that are left, if it is done.</param>
public sealed record RebaseOutcome(long Before, long Generation, bool IsDone, IReadOnlyList<RebaseConflict> Conflicts, long PendingChanges);
