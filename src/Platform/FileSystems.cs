namespace CondaFuse.Platform;

/// <summary>Kinds of file systems.</summary>
public static unsafe class FileSystems
{
    /// <summary>Magic numbers (linux/magic.h) of file systems on local disks and in memory. Any other file system may be on a network.</summary>
    private static readonly long[] Local =
    [
        0xEF53, // ext2, ext3, ext4
        0x5846_5342, // XFS
        0x9123_683E, // Btrfs
        0x2FC1_2FC1, // ZFS
        0xCA45_1A4E, // bcachefs
        0xF2F5_2010, // F2FS
        0x0102_1994, // tmpfs
        0x8584_58F6, // ramfs
        0x794C_7630, // overlayfs
        0x3153_464A, // JFS
        0x5265_4973, // ReiserFS
        0x3434, // NILFS
        0xF15F, // eCryptfs
    ];

    /// <summary>Whether a path, which need not exist, is on this machine.</summary>
    /// <exception cref="PlatformException">It cannot be determined.</exception>
    public static bool IsLocal(string path)
    {
        using var directory = new Microsoft.Win32.SafeHandles.SafeFileHandle(
            Libc.Check(Libc.open(NearestAbove(path), Libc.OpenReadOnly | Libc.CloseOnExec, 0), "open", path), ownsHandle: true);
        Libc.StatFs status;
        Libc.Check(Libc.fstatfs((int)directory.DangerousGetHandle(), &status), "fstatfs", path);
        return Local.Contains(status.Type);
    }

    /// <summary>Queries a file system past all caches; waits as long as its server takes.</summary>
    /// <returns>The result; ENOTCONN from a FUSE mount whose server is gone.</returns>
    public static Errno Ask(string path)
    {
        Libc.StatFs status;
        fixed (byte* bytes = System.Text.Encoding.UTF8.GetBytes(path + '\0'))
        {
            return Libc.statfs(bytes, &status) == 0 ? Errno.None : Libc.LastErrno;
        }
    }

    /// <summary>Whether hard links are possible between two paths, which need not exist.</summary>
    public static bool AreOne(string path, string other) =>
        FileIdentity.TryOf(NearestAbove(path))?.FileSystem == FileIdentity.TryOf(NearestAbove(other))?.FileSystem;

    private static string NearestAbove(string path)
    {
        var nearest = Path.GetFullPath(path);
        while (!Directory.Exists(nearest))
        {
            nearest = Path.GetDirectoryName(nearest)!;
        }

        return nearest;
    }
}

/// <summary>Recognizes failures that mean "no space": a full file system or an exhausted quota.</summary>
public static class DiskFull
{
    /// <summary>Checks the error number, from this room's exception or from one of .NET's, which carry it too.</summary>
    public static bool Is(Exception failure) => failure is PlatformException ours
        ? ours.Errno is Errno.ENOSPC or Errno.EDQUOT
        : failure is IOException { HResult: (int)Errno.ENOSPC or (int)Errno.EDQUOT };
}

/// <summary><c>mount(2)</c> and <c>umount2(2)</c>.</summary>
public static class KernelMounts
{
    private const int DetachFlag = 2;
    private const int NoFollowFlag = 8;
    private const ulong RecursiveFlag = 1 << 14;
    private const ulong PrivateFlag = 1 << 18;

    /// <summary>Mounts a file system.</summary>
    public static void Mount(string source, string target, string type, MountFlags flags, string data) =>
        Libc.Check(Libc.mount(source, target, type, (ulong)flags, data), "mount", target);

    /// <summary>Unmounts.</summary>
    /// <param name="target">The mount point.</param>
    /// <param name="lazy">Detach it now, and end it when no process uses it any more.</param>
    /// <returns>The kernel's result; <see cref="Errno.None"/> is success.</returns>
    public static Errno Unmount(string target, bool lazy) =>
        Libc.umount2(target, NoFollowFlag | (lazy ? DetachFlag : 0)) == 0 ? Errno.None : Libc.LastErrno;

    /// <summary>
    /// Makes every mount of this namespace its own, which changes nothing in a new user namespace, and asks for what mounting asks for: a security
    /// module may refuse it there, although the namespace could be made.
    /// </summary>
    public static bool MayMountHere() => Libc.mount("none", "/", string.Empty, RecursiveFlag | PrivateFlag, string.Empty) == 0;
}

/// <summary>Flags of <c>mount(2)</c>.</summary>
[Flags]
public enum MountFlags : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>MS_RDONLY.</summary>
    ReadOnly = 1,

    /// <summary>MS_NOSUID.</summary>
    NoSetId = 2,

    /// <summary>MS_NODEV.</summary>
    NoDevices = 4,
}
