using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Store.Layers;

namespace CondaFuse.Store.Committing;

/// <summary>Makes an archive of its own of an environment with the changes beside it, or in a personal layer.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="catalog">The archives.</param>
/// <param name="clock">The time.</param>
public sealed class EnvironmentFork(Layout layout, ArchiveCatalog catalog, TimeProvider clock)
{
    /// <summary>Writes it; the environment and its changes stay as they are.</summary>
    /// <param name="archive">The environment.</param>
    /// <param name="name">The new archive's name.</param>
    /// <param name="request">How.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; there is no new archive then.</param>
    /// <exception cref="StoreException">There is an archive of that name.</exception>
    public ForkOutcome Write(Archive archive, EnvironmentName name, CommitRequest request, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        if (catalog.Find(name) is { } other)
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{other.Path} exists");
        }

        var state = ArchiveState.Read(layout, archive.Path);
        var format = ImageTree.HasGenerations(state.Image) ? ArchiveFormat.SquashFs : ArchiveFormat.Zip;
        SoundContent.Demand(state.Image, request.Threads, cancellation);
        var changes = KeptChanges.Open(state, clock);
        using var tree = ChangedTree.Open(ImageTree.Open(state.Image), changes, clock);
        var target = layout.ArchivePath(name, format);
        Directory.CreateDirectory(layout.ArchiveDirectory);
        var options = new PackOptions
        {
            Threads = request.Threads,
            BlockSize = format == ArchiveFormat.Zip ? new PackOptions { Threads = 1 }.BlockSize : ImageSummary.Read(state.Image).BlockSize,
            Message = request.Message ?? $"from {archive.Name}, generation {state.Version.Generation}",
            ModificationTime = ImageTime.Of(clock),
            ChangeTimes = true,
        };
        return new ForkOutcome(target, ImageWriter.Write(tree, target, format == ArchiveFormat.Zip, options, progress, cancellation), changes.Summary.Changes);
    }
}
