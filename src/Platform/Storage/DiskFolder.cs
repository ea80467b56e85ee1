using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>A folder of this machine, by its descriptor: it stays the same folder whatever becomes of its path.</summary>
internal sealed unsafe class DiskFolder(SafeFileHandle handle, string path) : IStorageFolder
{
    private const uint FilePermissions = 0x1B6;
    private const uint PrivatePermissions = 0x180;
    private const uint FolderPermissions = 0x1FF;

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
        return new DiskFile(RegularFile.Open(lease.Descriptor, name, flags, permissions, Of(name)), Of(name));
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
                case Errno.EINVAL: // a file system whose folders cannot be synced: it has no other way to be asked
                    return;
                case var errno:
                    throw new PlatformException(errno, "fsync", path);
            }
        }
    }

    public void Dispose() => handle.Dispose();

    /// <summary>Makes a folder in it; one that somebody else made meanwhile will do.</summary>
    internal void MakeFolder(string name)
    {
        using var lease = new HandleLease(handle);
        fixed (byte* bytes = Terminated(name))
        {
            if (Libc.mkdirat(lease.Descriptor, bytes, FolderPermissions) < 0 && Libc.LastErrno is not Errno.EEXIST)
            {
                throw new PlatformException(Libc.LastErrno, "mkdir", Of(name));
            }
        }
    }

    private static byte[] Terminated(string name) => Encoding.UTF8.GetBytes(name + '\0');

    private static long Bytes(ulong blocks, long unit) => (long)UInt128.Min((UInt128)blocks * (ulong)unit, long.MaxValue);

    private string Of(string name) => $"{path}/{name}";
}
