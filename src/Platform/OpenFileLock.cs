using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>
/// An exclusive lock that belongs to an open file (fcntl(2), <c>F_OFD_SETLK</c>; flock(2) if the kernel does not support that). It ends when the
/// file is closed or the process dies, also on network file systems.
/// </summary>
public static unsafe class OpenFileLock
{
    /// <summary>Takes the lock of a file that is open for writing, without waiting.</summary>
    /// <exception cref="PlatformException">Both calls failed, for a reason other than missing support for locks.</exception>
    public static LockAnswer TryTake(SafeFileHandle file)
    {
        var range = new Libc.FileRange { Type = Libc.WriteLock };
        var errno = Call(file, Libc.SetOpenFileLock, &range);
        if (errno is not (Errno.EINVAL or Errno.ENOLCK or Errno.ENOSYS or Errno.EOPNOTSUPP))
        {
            return Answer(errno, "fcntl(F_OFD_SETLK)");
        }

        do
        {
            var isTaken = Libc.flock((int)file.DangerousGetHandle(), Libc.LockExclusive | Libc.LockNonBlocking) == 0;
            errno = isTaken ? Errno.None : Libc.LastErrno;
        }
        while (errno == Errno.EINTR);

        return Answer(errno, "flock");
    }

    /// <summary>Whether another process has the lock now; false if that cannot be determined.</summary>
    public static bool IsHeld(SafeFileHandle file)
    {
        var range = new Libc.FileRange { Type = Libc.WriteLock };
        return Call(file, Libc.GetOpenFileLock, &range) == Errno.None && range.Type != Libc.NoLock;
    }

    private static Errno Call(SafeFileHandle file, int command, Libc.FileRange* range)
    {
        Errno errno;
        while ((errno = Libc.fcntl_lock((int)file.DangerousGetHandle(), command, range) < 0 ? Libc.LastErrno : Errno.None) == Errno.EINTR)
        {
        }

        return errno;
    }

    private static LockAnswer Answer(Errno errno, string call) => errno switch
    {
        Errno.None => LockAnswer.Taken,
        Errno.EAGAIN or Errno.EACCES => LockAnswer.Held,
        Errno.ENOLCK or Errno.ENOSYS or Errno.EOPNOTSUPP or Errno.EINVAL => LockAnswer.Unsupported,
        _ => throw new PlatformException(errno, call),
    };
}
