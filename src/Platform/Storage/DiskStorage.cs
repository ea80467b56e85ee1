namespace CondaFuse.Platform;

/// <summary>The file systems of this machine.</summary>
public sealed class DiskStorage : IStorage
{
    /// <inheritdoc/>
    public IStorageFolder? TryOpenFolder(string path)
    {
        try
        {
            return new DiskFolder(EntryOpening.Directory(path), path);
        }
        catch (PlatformException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
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

        var name = Path.GetFileName(full);
        using (var above = MakeFolder(Path.GetDirectoryName(full)!))
        {
            ((DiskFolder)above).MakeFolder(name);
            above.Sync();
        }

        return TryOpenFolder(full) ?? throw new PlatformException(Errno.ENOENT, "open", full);
    }
}
