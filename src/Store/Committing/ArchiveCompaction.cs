using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.FirstUse;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Committing;

/// <summary>
/// Rewrites an archive without the data that only earlier generations need. Its file is replaced: processes that have the old file open keep it.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="self">The identity of this process as a writer.</param>
/// <param name="clock">The clock.</param>
public sealed class ArchiveCompaction(Layout layout, WriterIdentity self, TimeProvider clock)
{
    /// <summary>
    /// Repacks the archive's current state as a new generation with the time and message of the current one, and drops all earlier ones. What is
    /// used first is stored together. Inodes are renumbered, so nothing that builds on an earlier generation fits any more.
    /// </summary>
    /// <param name="archive">The archive.</param>
    /// <param name="always">Whether to repack even if there are no earlier generations; otherwise nothing is done then.</param>
    /// <param name="threads">Threads that read, compress and write.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels; the archive is unchanged then.</param>
    /// <exception cref="StoreException">It is mounted, another process writes it, there are uncommitted changes, or it is a zip archive.</exception>
    public CompactionOutcome Repack(Archive archive, bool always, int threads, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        using var writing = Begin(archive, out var state, out var folder);
        using (folder)
        {
            var summary = ImageSummary.Read(state.Image);
            var history = ImageHistory.Read(state.Image);
            if (!always && history is [{ DeadBytes: 0 } only])
            {
                // Rewriting would not make it smaller, and personal layers of it would no longer fit.
                return new CompactionOutcome(summary.FileBytes, summary.FileBytes, [only.Number], 0, IsDone: false, []);
            }

            ContentVerification.Demand(state.Image, threads, cancellation);
            using var tree = SquashFsTree.Open(state.Image);
            var options = PackOptions.Like(summary, threads) with
            {
                ModificationTime = summary.ModificationTime, ChangeTimes = true, Continues = state.Version,
                Message = string.IsNullOrEmpty(summary.Message) ? $"compacted, from generation {state.Version.Generation}" : summary.Message,
                Rights = ArchiveRights.Of(folder, Path.GetFileName(state.Image)),
                PrefixTable = PrefixTables.Of(tree, state.Image),
                FirstUses = FirstUses.Of(layout, state.Version.Identity, tree, tree, state.Image),
            };
            var result = SquashFsWriter.Write(tree, folder, Path.GetFileName(state.Image), options, progress, cancellation);
            return new CompactionOutcome(
                summary.FileBytes, result.ImageBytes, [state.Version.Generation + 1], history.Count - 1, IsDone: true, result.Warnings);
        }
    }

    /// <summary>
    /// Keeps some generations unchanged, with their numbers, times, messages and inode numbers: layers that build on them still fit.
    /// </summary>
    /// <param name="archive">The archive.</param>
    /// <param name="keep">The numbers of the generations to keep, including the newest.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <param name="progress">Receives the number of bytes of content moved.</param>
    /// <param name="cancellation">Cancels; the archive is unchanged then.</param>
    /// <exception cref="StoreException">As above.</exception>
    public CompactionOutcome Keep(Archive archive, IReadOnlySet<long> keep, int threads, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var writing = Begin(archive, out var state, out var folder);
        using (folder)
        {
            var options = new CompactionOptions { Threads = threads, Numbers = keep };
            if (SquashFsCompaction.KeepNewest(folder, Path.GetFileName(state.Image), options, progress, cancellation) is { } result)
            {
                return new CompactionOutcome(result.BytesBefore, result.ImageBytes, result.Kept, result.Dropped, IsDone: true, []);
            }

            var bytes = new FileInfo(state.Image).Length;
            return new CompactionOutcome(bytes, bytes, [.. ImageHistory.Read(state.Image).Select(entry => entry.Number)], 0, IsDone: false, []);
        }
    }

    private ArchiveWriting Begin(Archive archive, out ArchiveState state, out IStorageFolder folder)
    {
        state = ArchiveState.Read(layout, archive.Path);
        if (!ImageTree.HasGenerations(state.Image))
        {
            throw new StoreException(
                StoreFault.Unsupported, $"nothing to compact: {archive.Path} is a zip archive, which has no earlier generations");
        }

        ArchiveWriting.DemandUnmounted(layout, state, archive);
        var writing = ArchiveWriting.Begin(state, archive, self, clock);
        try
        {
            PartialFiles.RemoveOf(state.Image);
            folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(state.Image)!)
                ?? throw new StoreException(StoreFault.NotFound, $"the directory of {state.Image} does not exist any more");
            return writing;
        }
        catch
        {
            writing.Dispose();
            throw;
        }
    }
}

/// <summary>The result of a compaction.</summary>
/// <param name="BytesBefore">File size before.</param>
/// <param name="Bytes">File size after.</param>
/// <param name="Generations">Numbers of the remaining generations, the newest first.</param>
/// <param name="Dropped">Number of generations removed.</param>
/// <param name="IsDone">False if all generations are to be kept anyway: nothing has changed.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record CompactionOutcome(
    long BytesBefore, long Bytes, IReadOnlyList<long> Generations, int Dropped, bool IsDone, IReadOnlyList<string> Warnings);
