namespace CondaFuse.Platform;

/// <summary>Changes owner, permissions and times of an entry, never through a symlink.</summary>
public static unsafe class EntryAttributes
{
    /// <summary>Changes owner and group.</summary>
    /// <exception cref="PlatformException">fchownat(2) failed.</exception>
    public static void SetOwner(HandleLease directory, ReadOnlySpan<byte> name, uint user, uint group)
    {
        var room = stackalloc byte[name.Length + 1];
        Libc.Check(Libc.fchownat(directory.Descriptor, CName.Terminate(name, room), user, group, Libc.StatNotThroughLinks), "chown");
    }

    /// <summary>Changes the permission bits of what must not be a symlink.</summary>
    /// <exception cref="PlatformException">fchmodat(2) failed.</exception>
    public static void SetPermissions(HandleLease directory, ReadOnlySpan<byte> name, uint permissions)
    {
        var room = stackalloc byte[name.Length + 1];
        Libc.Check(Libc.fchmodat(directory.Descriptor, CName.Terminate(name, room), permissions, 0), "chmod");
    }

    /// <summary>Changes the time of the last change of content; that of the last access becomes the same.</summary>
    /// <exception cref="PlatformException">utimensat(2) failed.</exception>
    public static void SetModified(HandleLease directory, ReadOnlySpan<byte> name, long seconds, uint nanoseconds)
    {
        var room = stackalloc byte[name.Length + 1];
        var times = stackalloc Libc.TimeSpec[2];
        times[0] = times[1] = new Libc.TimeSpec { Seconds = seconds, Nanoseconds = nanoseconds };
        Libc.Check(Libc.utimensat(directory.Descriptor, CName.Terminate(name, room), times, Libc.StatNotThroughLinks), "utimensat");
    }
}
