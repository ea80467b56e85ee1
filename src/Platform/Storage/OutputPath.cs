using System.Text;

namespace CondaFuse.Platform;

/// <summary>Resolves an output path that the user specifies, following symlinks, to a folder and a name in it.</summary>
public static class OutputPath
{
    private const int MaxLinks = 40; // the kernel's limit
    private const int MaxTarget = 4096;
    private const ushort Sticky = 0x200;
    private const ushort WritableByOthers = 2;

    /// <summary>
    /// Opens the folder. A symlink at the end of the path is followed, unless it is in a sticky, world-writable folder and belongs neither to this
    /// user nor to the folder's owner. That is the rule of <c>fs.protected_symlinks</c>, applied even if it is switched off.
    /// </summary>
    /// <exception cref="PlatformException">A folder cannot be opened, a symlink is not trusted (EACCES), or a file must not replace what is there:
    /// a directory (EISDIR), or a device, fifo or socket (EINVAL).</exception>
    public static (IStorageFolder Folder, string Name) Open(string path)
    {
        path = Path.GetFullPath(path);
        for (var links = 0; ; links++)
        {
            var parent = Path.GetDirectoryName(path) ?? throw new PlatformException(Errno.EISDIR, "open", path);
            var handle = EntryOpening.Directory(parent);
            string? target;
            try
            {
                target = TargetOf(handle, path);
            }
            catch
            {
                handle.Dispose();
                throw;
            }

            if (target is null)
            {
                return (new DiskFolder(handle, parent), Path.GetFileName(path));
            }

            handle.Dispose();
            path = links < MaxLinks ? Path.GetFullPath(target, parent) : throw new PlatformException(Errno.ELOOP, "open", path);
        }
    }

    /// <summary>The target of a symlink; null if the path is a regular file, or does not exist.</summary>
    private static string? TargetOf(Microsoft.Win32.SafeHandles.SafeFileHandle folder, string path)
    {
        using var lease = new HandleLease(folder);
        var name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
        FileStatus entry;
        try
        {
            entry = FileStatus.Of(lease, name);
        }
        catch (PlatformException exception) when (exception.Errno == Errno.ENOENT)
        {
            return null;
        }

        if (entry.Type != EntryType.Symlink)
        {
            return entry.Type switch
            {
                EntryType.File => null,
                EntryType.Directory => throw new PlatformException(Errno.EISDIR, "write", path),
                _ => throw new PlatformException(Errno.EINVAL, "write", $"{path} (not a regular file)"),
            };
        }

        var above = FileStatus.Of(lease, []);
        if ((above.Permissions & Sticky) != 0 && (above.Permissions & WritableByOthers) != 0
            && entry.UserId != Identity.UserId && entry.UserId != above.UserId)
        {
            throw new PlatformException(Errno.EACCES, "follow a symlink of another user in a world-writable directory", path);
        }

        var target = new byte[MaxTarget];
        return Encoding.UTF8.GetString(target, 0, SymbolicLinks.Read(lease, name, target));
    }
}
