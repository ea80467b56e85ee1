namespace CondaFuse.Platform;

/// <summary>The file systems of this machine.</summary>
/// <param name="guard">Decides which entries may be used, and sets the permissions of new ones. Null allows all, and uses the umask's
/// permissions.</param>
public sealed class DiskStorage(IEntryGuard? guard = null) : IStorage
{
    /// <inheritdoc/>
    public IStorage Unguarded => guard is null ? this : new DiskStorage();

    /// <inheritdoc/>
    public IStorageFolder? TryOpenFolder(string path)
    {
        try
        {
            return guard is null ? new DiskFolder(EntryOpening.Directory(path), path) : OpenGuarded(path);
        }
        catch (PlatformException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
        }
        catch (PlatformException e) when (guard is not null && e.Errno is Errno.ENOTDIR or Errno.ELOOP)
        {
            throw guard!.Refusal(path, "is not a directory");
        }
        catch (PlatformException e) when (guard is not null && e.Errno == Errno.EACCES)
        {
            throw guard.Refusal(path, "cannot be opened: permission denied");
        }
    }

    /// <inheritdoc/>
    public IStorageFolder MakeFolder(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (TryOpenFolder(full) is { } folder)
        {
            return folder;
        }

        MakeMissing(full, guard?.RightsFor(null));
        return TryOpenFolder(full) ?? throw new PlatformException(Errno.ENOENT, "open", full);
    }

    /// <summary>
    /// Creates a folder and its missing parents with the same permissions. Existing parents are not checked: only the folder itself is guarded.
    /// </summary>
    private static void MakeMissing(string full, EntryRights? rights)
    {
        var parent = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(parent))
        {
            MakeMissing(parent, rights);
        }

        using var above = new DiskFolder(EntryOpening.Directory(parent), parent);
        above.MakeFolder(Path.GetFileName(full), rights);
        above.Sync();
    }

    /// <summary>Opens the folder, not following a symlink of its name.</summary>
    private DiskFolder OpenGuarded(string path)
    {
        var handle = EntryOpening.DirectoryItself(path);
        try
        {
            using var lease = new HandleLease(handle);
            guard!.Demand(EntryAccess.Of(lease), path);
            return new DiskFolder(handle, path, guard);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
