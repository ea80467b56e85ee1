using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Managing;

/// <summary>Renames an environment. Its archive is not modified: mounts show its content at the new prefix from then on.</summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="catalog">The archives.</param>
/// <param name="self">The identity of this process as a writer.</param>
/// <param name="clock">The clock.</param>
public sealed class EnvironmentRenaming(Layout layout, ArchiveCatalog catalog, WriterIdentity self, TimeProvider clock)
{
    /// <summary>Renames an archive. If it is a symlink, only the symlink is renamed, not its target.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="to">The new name.</param>
    /// <returns>The archive's new path.</returns>
    /// <exception cref="StoreException">The name is taken or invalid; it is mounted; another process writes it; or there are uncommitted
    /// changes.</exception>
    public string Run(Archive archive, string to)
    {
        var name = EnvironmentName.ParseNew(to);
        var state = ArchiveState.Read(layout, archive.Path);
        if (catalog.Find(name) is { } other)
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{other.Path} exists; nothing was changed");
        }

        UnusedArchive.DemandUnmounted(layout, archive, state.Image);
        var isLink = new FileInfo(archive.Path).LinkTarget is not null;
        if (!isLink && state.Place is { IsPersonal: true, HasChanges: true })
        {
            throw new StoreException(
                StoreFault.Busy,
                $"'{archive.Name}' has changes of your own, which are kept under its name: "
                + $"'condafuse commit {ShellArgument.Of(archive.Name)} --to {ShellArgument.Of(name)}' makes an archive with them; "
                + "nothing was changed");
        }

        using var writing = isLink || state.Place.IsPersonal ? null : ArchiveWriting.Begin(state, archive, self, clock);
        var folder = Path.GetDirectoryName(archive.Path)!;
        var renamed = Path.Combine(folder, name.Value + archive.Format.Extension());
        if (Path.Exists(Layout.ChangesFolder(renamed)))
        {
            throw new StoreException(
                StoreFault.AlreadyExists, $"{Layout.ChangesFolder(renamed)} holds changes of another archive; nothing was changed");
        }

        using var opened = new DiskStorage().TryOpenFolder(folder) ?? throw new StoreException(StoreFault.NotFound, $"the folder {folder} is gone");
        try
        {
            opened.RenameNew(Path.GetFileName(archive.Path), Path.GetFileName(renamed));
        }
        catch (PlatformException failure) when (failure.Errno == Errno.EEXIST)
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{renamed} exists; nothing was changed", failure);
        }

        opened.Sync();
        UnusedArchive.Unregister(layout, archive.Name);
        return renamed;
    }
}
