namespace CondaFuse.Platform;

/// <summary>Reads extended attributes of an entry without following symlinks. There are no *at calls, so the path goes through /proc.</summary>
public static unsafe class ExtendedAttributes
{
    private const int LongestPath = 300;

    /// <summary>Lists the names, each followed by a NUL; an empty destination queries the length.</summary>
    /// <returns>Length in bytes; 0 where the file system has none.</returns>
    /// <exception cref="PlatformException">llistxattr(2) failed.</exception>
    public static int List(HandleLease directory, ReadOnlySpan<byte> name, Span<byte> destination)
    {
        var path = stackalloc byte[LongestPath];
        Path(directory, name, path);
        fixed (byte* to = destination)
        {
            var length = (int)Libc.llistxattr(path, to, (nuint)destination.Length);
            return length < 0 && Libc.LastErrno is Errno.EOPNOTSUPP ? 0 : Libc.Check(length, "listxattr");
        }
    }

    /// <summary>Reads a value; an empty destination queries the length.</summary>
    /// <returns>Length in bytes; -1 if there is no such attribute.</returns>
    /// <exception cref="PlatformException">lgetxattr(2) failed.</exception>
    public static int Get(HandleLease directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, Span<byte> destination)
    {
        var path = stackalloc byte[LongestPath];
        Path(directory, name, path);
        var room = stackalloc byte[attribute.Length + 1];
        fixed (byte* to = destination)
        {
            var length = (int)Libc.lgetxattr(path, CName.Terminate(attribute, room), to, (nuint)destination.Length);
            return length < 0 && Libc.LastErrno is Errno.ENODATA or Errno.EOPNOTSUPP ? -1 : Libc.Check(length, "getxattr");
        }
    }

    private static void Path(HandleLease directory, ReadOnlySpan<byte> name, byte* path)
    {
        var room = new Span<byte>(path, LongestPath - 1);
        "/proc/self/fd/"u8.CopyTo(room);
        var length = 14;
        directory.Descriptor.TryFormat(room[length..], out var digits);
        length += digits;
        if (name.IsEmpty)
        {
            "/."u8.CopyTo(room[length..]);
            path[length + 2] = 0;
            return;
        }

        path[length++] = (byte)'/';
        CName.Terminate(name, path + length);
    }
}
