using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>A folder on this machine, accessed by its descriptor: it stays the same folder even if its path changes.</summary>
internal sealed unsafe class DiskFolder(SafeFileHandle handle, string path, IEntryGuard? guard = null) : IStorageFolder
{
    private const uint FilePermissions = 0x1B6;
    private const uint PrivatePermissions = 0x180;
    private const uint FolderPermissions = 0x1FF;
    private const uint PrivateFolder = 0x1C0;

    public string Path => path;

    public StorageSpace Space
    {
        get
        {
            using var lease = new HandleLease(handle);
            Libc.StatFs status;
            Libc.Check(Libc.fstatfs(lease.Descriptor, &status), "fstatfs", path);
            var unit = status.FragmentSize > 0 ? status.FragmentSize : status.BlockSize;
            return new StorageSpace(Bytes(status.Blocks, unit), Bytes(status.FreeBlocks, unit), Bytes(status.AvailableBlocks, unit));
        }
    }

    public IReadOnlyList<string> List()
    {
        using var lease = new HandleLease(handle);
        using var listing = new DirectoryListing(EntryOpening.Directory(lease, "."u8));
        var names = new List<string>();
        while (listing.MoveNext())
        {
            names.Add(Encoding.UTF8.GetString(listing.Name));
        }

        return names;
    }

    public IStorageFile Open(string name, StorageAccess access)
    {
        var flags = Libc.OpenNotThroughLinks | access switch
        {
            StorageAccess.Read => Libc.OpenReadOnly,
            StorageAccess.Write => Libc.OpenReadWrite,
            _ => Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenExclusive,
        };
        using var lease = new HandleLease(handle);
        var permissions = access == StorageAccess.CreatePrivate ? PrivatePermissions : FilePermissions;
        return new DiskFile(
            guard is null ? RegularFile.Open(lease.Descriptor, name, flags, permissions, Of(name)) : OpenGuarded(lease, name, flags), Of(name));
    }

    private SafeFileHandle OpenGuarded(HandleLease folder, string name, int flags)
    {
        SafeFileHandle file;
        try
        {
            file = RegularFile.Open(folder.Descriptor, name, flags, PrivatePermissions, Of(name));
        }
        catch (PlatformException e) when (e.Errno is Errno.ELOOP or Errno.EINVAL or Errno.EISDIR or Errno.ENXIO)
        {
            throw guard!.Refusal(Of(name), "is not a regular file");
        }
        catch (PlatformException e) when (e.Errno == Errno.EACCES && (flags & Libc.OpenCreate) == 0)
        {
            throw guard!.Refusal(Of(name), "cannot be opened: permission denied");
        }

        try
        {
            using var entry = new HandleLease(file);
            if ((flags & Libc.OpenCreate) != 0)
            {
                guard!.RightsFor(name).GiveTo(entry);
            }

            guard!.Demand(EntryAccess.Of(entry), Of(name));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public FileStatus? StatusOf(string name)
    {
        using var lease = new HandleLease(handle);
        try
        {
            return FileStatus.Of(lease, Encoding.UTF8.GetBytes(name));
        }
        catch (PlatformException e) when (e.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    public bool TryLink(string from, string to)
    {
        using var lease = new HandleLease(handle);
        return EntryCreation.TryHardLink(lease, Encoding.UTF8.GetBytes(from), lease, Encoding.UTF8.GetBytes(to));
    }

    public void Rename(string from, string to)
    {
        using var lease = new HandleLease(handle);
        fixed (byte* source = Terminated(from), target = Terminated(to))
        {
            Libc.Check(Libc.renameat(lease.Descriptor, source, lease.Descriptor, target), "rename", Of(from));
        }
    }

    public void Remove(string name)
    {
        using var lease = new HandleLease(handle);
        fixed (byte* bytes = Terminated(name))
        {
            Libc.Check(Libc.unlinkat(lease.Descriptor, bytes, 0), "unlink", Of(name));
        }
    }

    public void Sync()
    {
        using var lease = new HandleLease(handle);
        while (Libc.fsync(lease.Descriptor) < 0)
        {
            switch (Libc.LastErrno)
            {
                case Errno.EINTR:
                    continue;
                case Errno.EINVAL: // a file system whose folders cannot be synced: there is no alternative
                    return;
                case var errno:
                    throw new PlatformException(errno, "fsync", path);
            }
        }
    }

    public void Dispose() => handle.Dispose();

    /// <summary>Creates a subfolder, unless another process has created it meanwhile.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="rights">The new folder's owner and permissions; null for those of the umask.</param>
    internal void MakeFolder(string name, EntryRights? rights)
    {
        using var lease = new HandleLease(handle);
        fixed (byte* bytes = Terminated(name))
        {
            if (Libc.mkdirat(lease.Descriptor, bytes, rights is null ? FolderPermissions : PrivateFolder) < 0)
            {
                if (Libc.LastErrno is not Errno.EEXIST)
                {
                    throw new PlatformException(Libc.LastErrno, "mkdir", Of(name));
                }

                return;
            }
        }

        if (rights is not null)
        {
            using var made = EntryOpening.Directory(lease, Encoding.UTF8.GetBytes(name));
            using var entry = new HandleLease(made);
            if (FileStatus.Of(entry, []).UserId == Identity.UserId)
            {
                rights.GiveTo(entry);
            }
        }
    }

    private static byte[] Terminated(string name) => Encoding.UTF8.GetBytes(name + '\0');

    private static long Bytes(ulong blocks, long unit) => (long)UInt128.Min((UInt128)blocks * (ulong)unit, long.MaxValue);

    private string Of(string name) => $"{path}/{name}";
}
