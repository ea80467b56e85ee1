using CondaFuse.Images;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Committing;

/// <summary>Writes an archive in another format. The old one is removed when the new one is whole.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="self">Who writes.</param>
/// <param name="clock">The time.</param>
public sealed class ArchiveConversion(Layout layout, WriterIdentity self, TimeProvider clock)
{
    /// <summary>Converts.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="format">What it becomes.</param>
    /// <param name="threads">Threads that read, compress and write.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops; the archive is as it was.</param>
    /// <exception cref="StoreException">It is of that format; it is mounted, somebody writes it, there are changes that are not in it; a file is in the way.</exception>
    public ConversionOutcome Run(Archive archive, ArchiveFormat format, int threads, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        var hasGenerations = ImageTree.HasGenerations(state.Image);
        var target = Path.Combine(Path.GetDirectoryName(archive.Path)!, archive.Name.Value + format.Extension());
        DemandConvertible(archive, state, format, hasGenerations, target);
        ArchiveWriting.DemandUnmounted(layout, state, archive);
        using var writing = ArchiveWriting.Begin(state, archive, self, clock);
        var summary = ImageSummary.Read(state.Image);
        var earlier = hasGenerations ? ImageHistory.Read(state.Image).Count - 1 : 0;
        PackResult result;
        using (var tree = ImageTree.Open(state.Image))
        {
            var options = new PackOptions
            {
                Threads = threads, ModificationTime = summary.ModificationTime, ChangeTimes = true,
                Message = $"converted from {summary.Format}, generation {state.Version.Generation}",
            };
            result = ImageWriter.Write(tree, target, format == ArchiveFormat.Zip, options, progress, cancellation);
        }

        FileRights.Give(state.Image, Path.GetFileName(target));
        File.Delete(state.Image);
        return new ConversionOutcome(target, summary.FileBytes, result, earlier);
    }

    private void DemandConvertible(Archive archive, ArchiveState state, ArchiveFormat format, bool hasGenerations, string target)
    {
        if (hasGenerations == (format == ArchiveFormat.SquashFs))
        {
            throw new StoreException(StoreFault.Unsupported, $"{archive.Path} is in the format {format.Name()}; nothing was changed");
        }

        if (new FileInfo(archive.Path).LinkTarget is not null)
        {
            throw new StoreException(StoreFault.Unsupported, $"{archive.Path} is a symlink: convert {state.Image}, and make the link anew; nothing was changed");
        }

        if (File.Exists(target))
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{target} exists; nothing was changed");
        }

        if (LiveMounts.Read(layout).All().FirstOrDefault(mount => mount.Archive == state.Image && !mount.IsDead) is { } mount)
        {
            throw new StoreException(StoreFault.Busy, $"'{archive.Name}' is mounted at {mount.Entry.MountPoint}: conda-fuse-unmount {archive.Name} first; nothing was changed");
        }
    }
}
