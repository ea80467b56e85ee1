using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Managing;

/// <summary>
/// A file that is received from elsewhere and becomes an archive when it is complete: a new archive, or another generation of an existing one, which
/// stays as it is until then. Disposing removes an incomplete file unless it is kept for the next attempt.
/// </summary>
public sealed class ReceivedArchive : IDisposable
{
    private readonly IStorageFolder _folder;
    private readonly ReplacementFile _replacement;
    private readonly IReadOnlyList<string> _leftovers;
    private readonly ArchiveWriting? _writing;

    private ReceivedArchive(string path, EntryRights? rights, ArchiveWriting? writing)
    {
        (Path, _writing) = (path, writing);
        var (folder, name) = (System.IO.Path.GetDirectoryName(path)!, System.IO.Path.GetFileName(path));
        _folder = new DiskStorage().TryOpenFolder(folder) ?? throw new StoreException(StoreFault.NotFound, $"the folder {folder} is gone");
        try
        {
            _leftovers = [.. PartialFiles.Abandoned(folder, name).Select(System.IO.Path.GetFileName).OfType<string>()];
            Leftovers = [.. _leftovers.Select(leftover => _folder.Open(leftover, StorageAccess.Read))];
            _replacement = new ReplacementFile(_folder, name, rights);
        }
        catch
        {
            foreach (var file in Leftovers)
            {
                file.Dispose();
            }

            _folder.Dispose();
            throw;
        }
    }

    /// <summary>The archive's path.</summary>
    public string Path { get; }

    /// <summary>The file to write.</summary>
    public IStorageFile File => _replacement.File;

    /// <summary>What earlier attempts left. It may have parts of the content, which must be verified.</summary>
    public IReadOnlyList<IStorageFile> Leftovers { get; } = [];

    /// <summary>Begins a new archive.</summary>
    /// <exception cref="StoreException">The name is taken.</exception>
    public static ReceivedArchive New(Layout layout, ArchiveCatalog catalog, EnvironmentName name)
    {
        var path = layout.ArchivePath(name, ArchiveFormat.SquashFs);
        if (catalog.Find(name) is { } other)
        {
            throw Exists(other.Path);
        }

        if (System.IO.Path.Exists(Layout.ChangesFolder(path)))
        {
            throw new StoreException(
                StoreFault.AlreadyExists, $"{Layout.ChangesFolder(path)} holds changes of another archive; nothing was changed");
        }

        Directory.CreateDirectory(layout.ArchiveDirectory);
        return new ReceivedArchive(path, rights: null, writing: null);
    }

    /// <summary>Begins the replacement of an archive, with its write lock.</summary>
    /// <param name="layout">The paths of files and folders.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="self">The identity of this process as a writer.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="keepsChanges">Whether the new archive holds the present generation as well, so that a rebase can carry changes over.</param>
    /// <exception cref="StoreException">It is mounted, another process writes it, there are uncommitted changes that it does not keep, or you may not
    /// write it.</exception>
    public static ReceivedArchive Replacing(Layout layout, Archive archive, WriterIdentity self, TimeProvider clock, bool keepsChanges)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        ArchiveWriting.DemandUnmounted(layout, state, archive);
        var writing = ArchiveWriting.Begin(state, archive, self, clock, keepsChanges);
        try
        {
            return new ReceivedArchive(state.Image, RightsOf(state.Image), writing);
        }
        catch
        {
            writing.Dispose();
            throw;
        }
    }

    /// <summary>The file is complete: waits for the storage, and gives it the archive's name.</summary>
    /// <exception cref="StoreException">A new archive's name was taken meanwhile.</exception>
    public void Publish()
    {
        if (_writing is not null)
        {
            _replacement.Publish();
            return;
        }

        try
        {
            _replacement.PublishNew();
        }
        catch (PlatformException failure) when (failure.Errno == Errno.EEXIST)
        {
            throw Exists(Path, failure);
        }
    }

    /// <summary>The next attempt finds the incomplete file among its <see cref="Leftovers"/>.</summary>
    public void Keep() => _replacement.Keep();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (name, file) in _leftovers.Zip(Leftovers))
        {
            file.Dispose();
            Remove(name);
        }

        _replacement.Dispose();
        _folder.Dispose();
        _writing?.Dispose();
    }

    private void Remove(string leftover)
    {
        try
        {
            _folder.Remove(leftover);
        }
        catch (PlatformException)
        {
            // doctor finds it by its name
        }
    }

    private static StoreException Exists(string path, Exception? inner = null) =>
        new(StoreFault.AlreadyExists, $"{path} exists; nothing was changed", inner);

    private static EntryRights? RightsOf(string image)
    {
        using var folder = new DiskStorage().TryOpenFolder(System.IO.Path.GetDirectoryName(image)!);
        return folder is null ? null : ArchiveRights.Of(folder, System.IO.Path.GetFileName(image));
    }
}
