using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Committing;

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
            ?? throw new StoreException(StoreFault.NotFound, $"the folder of {state.Image} is gone");
        var options = new CommitOptions
        {
            Threads = threads,
            Time = ImageTime.Of(clock),
            Message = message ?? $"back to {generation}",
            Expected = state.Version,
            InNewFile = FileNames.Count(state.Image) > 1,
        };
        return SquashFsCommit.Restore(folder, Path.GetFileName(state.Image), generation, options);
    }
}
