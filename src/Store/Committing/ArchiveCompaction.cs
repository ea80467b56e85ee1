using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Committing;

/// <summary>Writes an archive anew without what only earlier generations need. Its file is replaced: who has the old one open keeps that.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="self">Who writes.</param>
/// <param name="clock">The time.</param>
public sealed class ArchiveCompaction(Layout layout, WriterIdentity self, TimeProvider clock)
{
    /// <summary>
    /// Packs what the archive shows now, unless that is all it holds, as a new generation with the time and the message of the present one and
    /// nothing before it: inodes are numbered anew, so that nothing that builds on an earlier generation fits any more.
    /// </summary>
    /// <param name="archive">The archive.</param>
    /// <param name="threads">Threads that read, compress and write.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; the archive is as it was.</param>
    /// <exception cref="StoreException">It is mounted, somebody writes it, there are changes that are not in it, or it is a zip archive.</exception>
    public CompactionOutcome PackAnew(Archive archive, int threads, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        using var writing = Begin(archive, out var state, out var folder);
        using (folder)
        {
            var summary = ImageSummary.Read(state.Image);
            var history = ImageHistory.Read(state.Image);
            if (history is [{ DeadBytes: 0 } only])
            {
                // Written anew it would be of no less bytes, and personal layers of it would fit no more.
                return new CompactionOutcome(summary.FileBytes, summary.FileBytes, [only.Number], 0, IsDone: false, []);
            }

            ContentVerification.Demand(state.Image, threads, cancellation);
            using var tree = SquashFsTree.Open(state.Image);
            var options = PackOptions.Like(summary, threads) with
            {
                ModificationTime = summary.ModificationTime, ChangeTimes = true, Continues = state.Version,
                Message = string.IsNullOrEmpty(summary.Message) ? $"compacted, from generation {state.Version.Generation}" : summary.Message,
                Rights = ArchiveRights.Of(folder, Path.GetFileName(state.Image)),
            };
            var result = SquashFsWriter.Write(tree, folder, Path.GetFileName(state.Image), options, progress, cancellation);
            return new CompactionOutcome(
                summary.FileBytes, result.ImageBytes, [state.Version.Generation + 1], history.Count - 1, IsDone: true, result.Warnings);
        }
    }

    /// <summary>
    /// Keeps some generations as they are, with their numbers, times, messages and inode numbers: what builds on one of them still fits.
    /// </summary>
    /// <param name="archive">The archive.</param>
    /// <param name="keep">The numbers of those to keep; the newest is among them.</param>
    /// <param name="threads">Threads that read tables.</param>
    /// <param name="progress">Told how many bytes of content were moved.</param>
    /// <param name="cancellation">Stops; the archive is as it was.</param>
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

/// <summary>What became of an archive that was compacted.</summary>
/// <param name="BytesBefore">Length of its file before.</param>
/// <param name="Bytes">Length of its file now.</param>
/// <param name="Generations">Numbers of the generations that remain, the newest first.</param>
/// <param name="Dropped">Earlier generations that are gone.</param>
/// <param name="IsDone">False where there are no more generations than are kept: nothing was changed.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record CompactionOutcome(
    long BytesBefore, long Bytes, IReadOnlyList<long> Generations, int Dropped, bool IsDone, IReadOnlyList<string> Warnings);
