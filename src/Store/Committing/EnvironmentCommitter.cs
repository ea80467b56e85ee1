using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

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
    public CommitReport? Commit(
        string image, CommitRequest request, IProgress<PackProgress>? progress = null, CancellationToken cancellation = default)
    {
        var state = ArchiveState.Read(layout, image);
        if (!state.Place.HasChanges)
        {
            return null;
        }

        if (state.Place.IsPersonal)
        {
            throw state.Place.Refusal(Path.GetFileNameWithoutExtension(image), $"your changes stay in {state.Place.Folder}");
        }

        using var changes = new GuardedChangeStore(new WriteContext(state, self, new KernelLocks(), clock, log));
        using var tree = ChangedTree.Open(ImageTree.Open(state.Image), changes, clock);
        var commit = new TreeCommit(tree, state.Image, layout.MountPointOf(state.Image), clock);
        var report = commit.Run(request, state.Version, isLast: true, progress, cancellation);
        state.Place.RemoveIfEmpty();
        return report;
    }
}

/// <summary>How to commit.</summary>
/// <param name="Threads">Threads that read, compress and write.</param>
/// <param name="Message">What the history shall say; null for the packages that changed.</param>
public sealed record CommitRequest(int Threads, string? Message = null);

/// <summary>Gives an earlier generation of an archive back.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="self">Who writes.</param>
/// <param name="clock">The time.</param>
public sealed class GenerationRestoring(Layout layout, WriterIdentity self, TimeProvider clock)
{
    /// <summary>Appends a generation that shows what an earlier one showed.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="generation">The number of the earlier one.</param>
    /// <param name="message">What the history shall say; null for the number.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <exception cref="StoreException">It is mounted, somebody writes it, or there are changes that are not in it.</exception>
    public CommitResult Restore(Archive archive, long generation, string? message, int threads)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        ArchiveWriting.DemandUnmounted(layout, state, archive);
        using var writing = ArchiveWriting.Begin(state, archive, self, clock);
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(state.Image)!)
            ?? throw new StoreException(StoreFault.NotFound, $"the directory of {state.Image} does not exist any more");
        var options = new CommitOptions
        {
            Threads = threads,
            Time = Timestamp.Now(clock),
            Message = message ?? $"back to {generation}",
            Expected = state.Version,
            InNewFile = FileNames.Count(state.Image) > 1,
        };
        return SquashFsCommit.Restore(folder, Path.GetFileName(state.Image), generation, options);
    }
}
