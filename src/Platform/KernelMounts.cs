namespace CondaFuse.Platform;

/// <summary><c>mount(2)</c> and <c>umount2(2)</c>.</summary>
public static class KernelMounts
{
    private const int DetachFlag = 2;
    private const int NoFollowFlag = 8;

    /// <summary>Mounts a file system.</summary>
    public static void Mount(string source, string target, string type, MountFlags flags, string data) =>
        Libc.Check(Libc.mount(source, target, type, (ulong)flags, data), "mount", target);

    /// <summary>Unmounts.</summary>
    /// <param name="target">The mount point.</param>
    /// <param name="lazy">Detach it now, end it when nobody uses it any more.</param>
    /// <returns>What the kernel says; <see cref="Errno.None"/> is success.</returns>
    public static Errno Unmount(string target, bool lazy) =>
        Libc.umount2(target, NoFollowFlag | (lazy ? DetachFlag : 0)) == 0 ? Errno.None : Libc.LastErrno;
}
