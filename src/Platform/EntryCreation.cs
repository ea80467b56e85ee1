namespace CondaFuse.Platform;

/// <summary>Creates, renames and links entries other than files and symlinks.</summary>
public static unsafe class EntryCreation
{
    /// <summary>Creates a directory.</summary>
    /// <exception cref="PlatformException">mkdirat(2) failed.</exception>
    public static void Directory(HandleLease parent, ReadOnlySpan<byte> name, uint permissions)
    {
        var room = stackalloc byte[name.Length + 1];
        Libc.Check(Libc.mkdirat(parent.Descriptor, CName.Terminate(name, room), permissions), "mkdir");
    }

    /// <summary>Creates a device, fifo or socket.</summary>
    /// <exception cref="PlatformException">mknodat(2) failed.</exception>
    public static void Node(HandleLease parent, ReadOnlySpan<byte> name, EntryType type, uint permissions, uint major, uint minor)
    {
        var room = stackalloc byte[name.Length + 1];
        var device = (minor & 0xFF) | ((major & 0xFFFul) << 8) | ((minor & ~0xFFul) << 12) | ((major & ~0xFFFul) << 32); // gnu_dev_makedev
        Libc.Check(Libc.mknodat(parent.Descriptor, CName.Terminate(name, room), ((uint)type << 12) | permissions, device), "mknod");
    }

    /// <summary>Renames an entry within a directory, replacing any entry of the new name.</summary>
    /// <exception cref="PlatformException">renameat(2) failed.</exception>
    public static void Rename(HandleLease directory, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) => Move(directory, from, directory, to);

    /// <summary>Moves an entry into another directory of its file system, replacing any entry of the new name.</summary>
    /// <exception cref="PlatformException">renameat(2) failed.</exception>
    public static void Move(HandleLease fromDirectory, ReadOnlySpan<byte> from, HandleLease toDirectory, ReadOnlySpan<byte> to)
    {
        var fromRoom = stackalloc byte[from.Length + 1];
        var toRoom = stackalloc byte[to.Length + 1];
        Libc.Check(
            Libc.renameat(
                fromDirectory.Descriptor, CName.Terminate(from, fromRoom), toDirectory.Descriptor, CName.Terminate(to, toRoom)),
            "rename");
    }

    /// <summary>Gives an entry another name.</summary>
    /// <exception cref="PlatformException">linkat(2) failed.</exception>
    public static void HardLink(HandleLease fromDirectory, ReadOnlySpan<byte> from, HandleLease toDirectory, ReadOnlySpan<byte> to) =>
        Libc.Check(Link(fromDirectory, from, toDirectory, to), "link");

    /// <summary>Gives an entry another name if possible.</summary>
    /// <returns>False if it is on another file system, has too many links, belongs to another user whose files may not be linked, or the file system
    /// has no hard links.</returns>
    /// <exception cref="PlatformException">linkat(2) failed for any other reason.</exception>
    public static bool TryHardLink(HandleLease fromDirectory, ReadOnlySpan<byte> from, HandleLease toDirectory, ReadOnlySpan<byte> to)
    {
        var result = Link(fromDirectory, from, toDirectory, to);
        if (result < 0 && Libc.LastErrno is Errno.EXDEV or Errno.EPERM or Errno.EMLINK or Errno.EOPNOTSUPP or Errno.ENOSYS)
        {
            return false;
        }

        Libc.Check(result, "link");
        return true;
    }

    private static int Link(HandleLease fromDirectory, ReadOnlySpan<byte> from, HandleLease toDirectory, ReadOnlySpan<byte> to)
    {
        var fromRoom = stackalloc byte[from.Length + 1];
        var toRoom = stackalloc byte[to.Length + 1];
        return Libc.linkat(fromDirectory.Descriptor, CName.Terminate(from, fromRoom), toDirectory.Descriptor, CName.Terminate(to, toRoom), 0);
    }
}
