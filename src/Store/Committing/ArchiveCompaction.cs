using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>Writes an archive anew without what only earlier generations need. Its file is replaced: who has the old one open keeps that.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="self">Who writes.</param>
/// <param name="clock">The time.</param>
public sealed class ArchiveCompaction(Layout layout, WriterIdentity self, TimeProvider clock)
{
    /// <summary>Compacts.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="options">How to write it; identity, generation, times and size of blocks are the archive's.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; the archive is as it was.</param>
    /// <returns>Length of its file before, and what was written.</returns>
    /// <exception cref="StoreException">It is mounted, somebody writes it, or there are changes that are not in it.</exception>
    public (long Before, PackResult Result) Run(Archive archive, PackOptions options, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        ArchiveWriting.DemandUnmounted(layout, state, archive);
        using var writing = ArchiveWriting.Begin(state, archive, self, clock);
        var summary = ImageSummary.Read(state.Image);
        using var tree = SquashFsTree.Open(state.Image);
        var time = new Timestamp(summary.ModificationTime.Seconds, summary.ModificationTime.Nanoseconds);
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(state.Image)!)
            ?? throw new StoreException(StoreFault.NotFound, $"the folder of {state.Image} is gone");
        var result = SquashFsWriter.Write(
            tree, folder, Path.GetFileName(state.Image),
            options with
            {
                BlockSize = summary.BlockSize, ModificationTime = time, ChangeTimes = true, Continues = state.Version,
                Message = $"compacted, from generation {state.Version.Generation}",
            },
            progress, cancellation);
        return (summary.FileBytes, result);
    }
}
