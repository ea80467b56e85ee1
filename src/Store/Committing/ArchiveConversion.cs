using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store.FirstUse;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Committing;

/// <summary>
/// Converts an archive to another format. The new content replaces the old one atomically, then the names change (<see cref="ConvertedNames"/>).
/// Formats are recognized by content, so there is one complete archive at every moment. The next conversion finishes what a killed one left.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="self">The identity of this process as a writer.</param>
/// <param name="clock">The clock.</param>
public sealed class ArchiveConversion(Layout layout, WriterIdentity self, TimeProvider clock)
{
    /// <summary>Whether the archive's content and name have that format already.</summary>
    public bool IsDone(Archive archive, ArchiveFormat format)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        return IsOf(state, format) && !new ConvertedNames(archive, state.Image, format).AreToChange;
    }

    /// <summary>How many earlier generations a conversion drops. A zip archive keeps only its newest state and has no earlier generations.</summary>
    /// <exception cref="StoreException">It cannot be converted, as below.</exception>
    public int CountLost(Archive archive, ArchiveFormat format)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        Check(archive, state, format);
        return EarlierGenerations(state);
    }

    /// <summary>Converts an archive. If it is a symlink, the target file is converted, and both get the new extension.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="format">The new format.</param>
    /// <param name="threads">Threads that read, compress and write.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellation">Cancels; the archive is unchanged then.</param>
    /// <exception cref="StoreException">It has that format already; it is mounted; another process writes it; there are uncommitted changes; or a
    /// file with the new name exists.</exception>
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

    private PackResult Write(
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
        options = options with
        {
            PrefixTable = PrefixTables.Of(tree, state.Image),
            FirstUses = format == ArchiveFormat.Zip ? [] : FirstUses.Of(layout, state.Version.Identity, tree, tree, state.Image),
        };
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
                Hint = $"conda-fuse-unmount {ShellArgument.Of(archive.Name)}",
                Path = mount.Entry.MountPoint,
            };
        }

        ArchiveWriting.DemandUnmounted(layout, state, archive);
        return names;
    }
}

/// <summary>The result of a conversion.</summary>
/// <param name="Archive">The new archive.</param>
/// <param name="Before">Size of the old file.</param>
/// <param name="Result">The result of packing; null if a killed conversion had done that, and only the names had to change.</param>
/// <param name="LostGenerations">Number of earlier generations that are lost: the new archive starts with the newest.</param>
public sealed record ConversionOutcome(string Archive, long Before, PackResult? Result, int LostGenerations);
