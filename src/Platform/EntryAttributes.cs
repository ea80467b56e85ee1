using System.Text;

namespace CondaFuse.Platform;

/// <summary>
/// Changes owner, permissions, times and extended attributes of an open entry, using only its descriptor: renaming or replacing the entry meanwhile
/// has no effect. The descriptor may be one that only refers to the entry (<see cref="EntryOpening.Reference"/>), for example a symlink or a fifo.
/// </summary>
public static unsafe class EntryAttributes
{
    /// <summary>In place of an owner or group: leave it unchanged.</summary>
    public const uint SameOwner = uint.MaxValue;

    private const int LongestPath = 32;

    /// <summary>Changes owner and group. The kernel then clears set-id bits.</summary>
    /// <exception cref="PlatformException">fchownat(2) failed.</exception>
    public static void SetOwner(HandleLease entry, uint user, uint group) => Libc.Check(ChangeOwner(entry, user, group), "chown");

    /// <summary>Changes owner and group if this user may.</summary>
    /// <returns>False if the kernel refused; nothing has changed then.</returns>
    public static bool TrySetOwner(HandleLease entry, uint user, uint group) => ChangeOwner(entry, user, group) == 0;

    /// <summary>Changes the permission bits of an entry that is not a symlink.</summary>
    /// <exception cref="PlatformException">fchmod(2) failed.</exception>
    public static void SetPermissions(HandleLease entry, uint permissions)
    {
        var result = Libc.fchmod(entry.Descriptor, permissions);
        if (result < 0 && Libc.LastErrno == Errno.EBADF)
        {
            var path = stackalloc byte[LongestPath];
            result = Libc.fchmodat(-1, Path(entry, path), permissions, 0);
        }

        Libc.Check(result, "chmod");
    }

    /// <summary>Changes the time of the last content change, and sets the time of last access to the same.</summary>
    /// <exception cref="PlatformException">utimensat(2) failed.</exception>
    public static void SetModified(HandleLease entry, long seconds, uint nanoseconds)
    {
        var times = stackalloc Libc.TimeSpec[2];
        times[0] = times[1] = new Libc.TimeSpec { Seconds = seconds, Nanoseconds = nanoseconds };
        byte end = 0;
        var result = Libc.utimensat(entry.Descriptor, &end, times, Libc.StatEmptyPath);
        if (result < 0 && Libc.LastErrno == Errno.EINVAL)
        {
            var path = stackalloc byte[LongestPath]; // kernels before 5.8 do not accept an empty path
            result = Libc.utimensat(-1, Path(entry, path), times, 0);
        }

        Libc.Check(result, "utimensat");
    }

    /// <summary>Writes an extended attribute.</summary>
    /// <exception cref="PlatformException">setxattr(2) failed.</exception>
    public static void SetXattr(HandleLease entry, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        var path = stackalloc byte[LongestPath];
        var room = stackalloc byte[attribute.Length + 1];
        fixed (byte* from = value)
        {
            Libc.Check(Libc.setxattr(Path(entry, path), CName.Terminate(attribute, room), from, (nuint)value.Length, 0), "setxattr");
        }
    }

    private static int ChangeOwner(HandleLease entry, uint user, uint group)
    {
        byte end = 0;
        return Libc.fchownat(entry.Descriptor, &end, user, group, Libc.StatEmptyPath);
    }

    /// <summary>The kernel's link to the open entry. If the entry is a symlink, it is not followed.</summary>
    private static byte* Path(HandleLease entry, byte* room) => CName.Terminate(Encoding.ASCII.GetBytes($"/proc/self/fd/{entry.Descriptor}"), room);
}
