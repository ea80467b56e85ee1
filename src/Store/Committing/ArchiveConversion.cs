using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Committing;

/// <summary>
/// Writes an archive in another format. The new content takes the place of the old in one step, then the
/// names are changed (<see cref="ConvertedNames"/>): formats are known by their content, so that at every
/// moment there is one archive, and whole. What a killed conversion left is finished by the next.
/// </summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="self">Who writes.</param>
/// <param name="clock">The time.</param>
public sealed class ArchiveConversion(Layout layout, WriterIdentity self, TimeProvider clock)
{
    /// <summary>Whether there is nothing to convert: its content and its name are of that format.</summary>
    public bool IsDone(Archive archive, ArchiveFormat format)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        return IsOf(state, format) && !new ConvertedNames(archive, state.Image, format).AreToChange;
    }

    /// <summary>
    /// How many earlier generations a conversion drops: a zip archive keeps its newest state only, and one that begins as zip has no earlier ones.
    /// </summary>
    /// <exception cref="StoreException">It cannot be converted, as below.</exception>
    public int CountLost(Archive archive, ArchiveFormat format)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        Check(archive, state, format);
        return EarlierGenerations(state);
    }

    /// <summary>Converts. Through a symlink the file that it leads to is converted, and both get the new ending.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="format">What it becomes.</param>
    /// <param name="threads">Threads that read, compress and write.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; the archive is as it was.</param>
    /// <exception cref="StoreException">It is of that format; it is mounted, somebody writes it, there are
    /// changes that are not in it; a file is in the way.</exception>
    public ConversionOutcome Run(
        Archive archive, ArchiveFormat format, int threads, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        var names = Check(archive, state, format);
        using var writing = ArchiveWriting.Begin(state, archive, self, clock);
        var summary = ImageSummary.Read(state.Image);
        var earlier = EarlierGenerations(state);
        var result = IsOf(state, format) ? null : Write(state, summary, format, threads, progress, cancellation);
        names.Change();
        return new ConversionOutcome(names.Path, summary.FileBytes, result, earlier);
    }

    private static bool IsOf(ArchiveState state, ArchiveFormat format) => ImageTree.HasGenerations(state.Image) == (format == ArchiveFormat.SquashFs);

    private static int EarlierGenerations(ArchiveState state) => ImageTree.HasGenerations(state.Image) ? ImageHistory.Read(state.Image).Count - 1 : 0;

    private static PackResult Write(
        ArchiveState state, ImageSummary summary, ArchiveFormat format, int threads, IProgress<PackProgress>? progress,
        CancellationToken cancellation)
    {
        ContentVerification.Demand(state.Image, threads, cancellation);
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(state.Image)!)
            ?? throw new StoreException(StoreFault.NotFound, $"the directory of {state.Image} does not exist any more");
        var name = Path.GetFileName(state.Image);
        var options = new PackOptions
        {
            Threads = threads, ModificationTime = summary.ModificationTime, ChangeTimes = true,
            Message = $"converted from {summary.Format}, generation {state.Version.Generation}",
            Rights = ArchiveRights.Of(folder, name),
        };
        using var tree = ImageTree.Open(state.Image);
        return ImageWriter.Write(tree, folder, name, format == ArchiveFormat.Zip, options, progress, cancellation);
    }

    private ConvertedNames Check(Archive archive, ArchiveState state, ArchiveFormat format)
    {
        var names = new ConvertedNames(archive, state.Image, format);
        if (IsOf(state, format) && !names.AreToChange)
        {
            throw new StoreException(StoreFault.Unsupported, $"{archive.Path} already has the format {format.Name()}");
        }

        if (names.InTheWay is { } other)
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{other} exists; nothing was changed");
        }

        if (LiveMounts.Read(layout).All().FirstOrDefault(mount => mount.Archive == state.Image && !mount.IsDead) is { } mount)
        {
            throw new StoreException(
                StoreFault.Busy,
                $"'{archive.Name}' is mounted at {mount.Entry.MountPoint}; nothing was changed")
            {
                Hint = $"conda-fuse-unmount {archive.Name}",
                Path = mount.Entry.MountPoint,
            };
        }

        ArchiveWriting.DemandUnmounted(layout, state, archive);
        return names;
    }
}

/// <summary>What a conversion wrote.</summary>
/// <param name="Archive">The new archive.</param>
/// <param name="Before">Length of the old one's file.</param>
/// <param name="Result">What was written; null where a killed conversion had done so, and names only were left to change.</param>
/// <param name="LostGenerations">Earlier generations that the old one had: the new one begins with its newest.</param>
public sealed record ConversionOutcome(string Archive, long Before, PackResult? Result, int LostGenerations);
