using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>Commits the changes beside an archive that is not mounted.</summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="self">The identity of this process as a writer.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">Receives warnings for the user.</param>
public sealed class EnvironmentCommitter(Layout layout, WriterIdentity self, TimeProvider clock, Action<string> log)
{
    /// <summary>Commits.</summary>
    /// <param name="image">The archive.</param>
    /// <param name="request">The settings of the commit.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels; nothing has changed then.</param>
    /// <returns>Null if there is nothing to commit.</returns>
    /// <exception cref="StoreException">The changes are this user's own or belong to another archive, or another process writes them.</exception>
    /// <exception cref="Tree.TreeException">The archive could not be written: it and the changes are unchanged.</exception>
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
        var top = PrefixLocator.Locate(tree, Path.GetFileNameWithoutExtension(image));
        new PrefixSpelling(layout, tree).Run(
            Path.Combine(layout.MountPointOf(image), top), top, replaced => tree.Forget(replaced.Former), cancellation);
        var commit = new TreeCommit(tree, state.Image, layout, clock);
        var report = commit.Run(request, state.Version, isLast: true, progress, cancellation);
        state.Place.RemoveIfEmpty();
        return report;
    }
}

/// <summary>Settings of a commit.</summary>
/// <param name="Threads">Threads that read, compress and write.</param>
/// <param name="Message">The message for the history; null for a list of the packages that changed.</param>
public sealed record CommitRequest(int Threads, string? Message = null);

/// <summary>Restores an earlier generation of an archive.</summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="self">The identity of this process as a writer.</param>
/// <param name="clock">The clock.</param>
public sealed class GenerationRestoring(Layout layout, WriterIdentity self, TimeProvider clock)
{
    /// <summary>Appends a generation with the content of an earlier one.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="generation">The number of the earlier one.</param>
    /// <param name="message">The message for the history; null to name the generation.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <returns>Null if the archive already has that content.</returns>
    /// <exception cref="StoreException">It is mounted, another process writes it, or there are uncommitted changes.</exception>
    public CommitResult? Restore(Archive archive, long generation, string? message, int threads)
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
