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
/// Moves changes, for example of a personal layer, to the current generation of an archive that was committed to meanwhile. The new journal replaces
/// the old one atomically; until then, nothing has changed.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="self">The identity of this process as a writer.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">Receives warnings for the user.</param>
public sealed class LayerRebasing(Layout layout, WriterIdentity self, TimeProvider clock, Action<string> log)
{
    /// <summary>Rebases the changes.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="keep">Which side wins where both changed the same thing differently; null to change nothing in that case.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <returns>Null if there is nothing to rebase.</returns>
    /// <exception cref="StoreException">It is mounted, another process writes the changes, or the generation that they build on is gone.</exception>
    /// <exception cref="Tree.TreeException">The changes cannot be read, or the storage failed: they are unchanged.</exception>
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

        // The claim outlives the folder, which therefore has nothing to release.
        using var now = SquashFsTree.Open(state.Image, state.Version.Generation);
        var folder = KeptChanges.OpenOn(before, state, clock, log, () => new MemoryStream());
        using var mine = ChangedTree.Open(SquashFsTree.Open(state.Image, before.Generation), folder, clock);
        var theirs = ImageHistory.FindDiffering(state.Image, before.Generation, state.Version.Generation, threads);
        using var moved = AtPrefixOf(now, mine, state, before);
        var rebase = LayerRebase.Of(moved?.Tree ?? mine, now, theirs, keep ?? RebaseSide.Theirs);
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
    /// Changes made at another prefix, moved to the prefix of the new base, so that relocated files do not count as changes. The journal stays as it
    /// is until the rebase is written. The next mount moves the changes to its own prefix.
    /// </summary>
    /// <returns>Null if they have that prefix.</returns>
    private PreparedAdoption? AtPrefixOf(INumberedTree now, ChangedTree mine, ArchiveState state, GenerationInfo before)
    {
        var (name, views) = (Path.GetFileNameWithoutExtension(state.Image), new PrefixView(layout, log));
        var prefix = PrefixDiscovery.Mark(mine, PrefixLocator.Locate(mine, name)) ?? views.PrefixOf(mine.Base, Listed(state, before), name);
        return views.PrefixOf(now, Listed(state, state.Version), name) is { } wanted && prefix is not null && prefix != wanted
            && views.Show(mine, version: null, wanted, name) is IViewTree view
                ? mine.Prepare(view)
                : null;
    }

    private static ListedGeneration Listed(ArchiveState state, GenerationInfo version) =>
        ListedGeneration.Past(state.Image, version);

    private static void Replace(ChangeFolder folder, LayerRebase rebase, ArchiveState state)
    {
        using var replacement = folder.BeginRebase(rebase.NextInode, KeptChanges.BaseOf(state.Version));
        rebase.Write(replacement.Log);
        using var written = replacement.Commit();

        // Fails with the reason if it is unknown whether the new journal has replaced the old one.
        written.Sync();
    }

    /// <summary>The generation that the changes build on; null if it is the current one.</summary>
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
            KeptChanges.Open(state, clock).Dispose(); // throws with a reason that the user can read
            throw;
        }
    }
}

/// <summary>The result of moving changes to the archive's current generation.</summary>
/// <param name="Before">The generation that they built on before.</param>
/// <param name="Generation">The archive's current generation.</param>
/// <param name="IsDone">Whether they build on it now; if not, they are unchanged.</param>
/// <param name="Conflicts">Paths that both sides changed differently.</param>
/// <param name="PendingChanges">Number of operations left after the rebase.</param>
public sealed record RebaseOutcome(long Before, long Generation, bool IsDone, IReadOnlyList<RebaseConflict> Conflicts, long PendingChanges);
