using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>An exclusive <c>flock(2)</c> on a file, given back when disposed or when the process dies.</summary>
public sealed class FileLock : IDisposable
{
    private FileLock(SafeFileHandle file) => File = file;

    /// <summary>Takes the lock, creating the file (0600) if need be.</summary>
    /// <param name="folder">Where the file is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="wait">Whether to wait for whoever holds it.</param>
    /// <returns>Null if somebody holds it and <paramref name="wait"/> is false.</returns>
    public static FileLock? Take(PrivateFolder folder, string name, bool wait)
    {
        while (true)
        {
            var handle = folder.OpenToLock(name);
            if (!TryLock(handle, Libc.LockExclusive, wait, folder.Of(name)))
            {
                handle.Dispose();
                return null;
            }

            // Whoever held it may have removed the file: then the lock is on a file that nobody else will open.
            if (folder.TryIdentify(name) == FileIdentity.Of(handle))
            {
                return new FileLock(handle);
            }

            handle.Dispose();
        }
    }

    /// <summary>Holds a shared lock on a folder: systemd-tmpfiles does not age what is below a locked directory (tmpfiles.d(5)).</summary>
    /// <returns>Null where the file system has no such locks.</returns>
    public static FileLock? HoldAgainstAgeing(PrivateFolder folder)
    {
        var handle = folder.Reopen();
        try
        {
            if (TryLock(handle, Libc.LockShared, wait: false, folder.Path))
            {
                return new FileLock(handle);
            }
        }
        catch (PlatformException)
        {
            // Ageing takes weeks, and the mount does not depend on it.
        }

        handle.Dispose();
        return null;
    }

    /// <summary>Whether nobody holds a folder in a folder by <see cref="HoldAgainstAgeing"/>.</summary>
    public static bool IsFree(PrivateFolder folder, string name)
    {
        try
        {
            using var handle = folder.OpenFolder(name);
            return TryLock(handle, Libc.LockExclusive, wait: false, folder.Of(name));
        }
        catch (PlatformException)
        {
            return false;
        }
    }

    /// <summary>The locked file: a process that it is handed to has the lock too, until the last of them ends.</summary>
    public SafeFileHandle File { get; }

    /// <inheritdoc/>
    public void Dispose() => File.Dispose();

    private static bool TryLock(SafeFileHandle handle, int kind, bool wait, string path)
    {
        while (Libc.flock((int)handle.DangerousGetHandle(), kind | (wait ? 0 : Libc.LockNonBlocking)) < 0)
        {
            var errno = Libc.LastErrno;
            if (errno == Errno.EINTR)
            {
                continue;
            }

            if (errno == Errno.EAGAIN)
            {
                return false;
            }

            handle.Dispose();
            throw new PlatformException(errno, "flock", path);
        }

        return true;
    }
}

/// <summary>What became of a wish for a lock.</summary>
public enum LockAnswer
{
    /// <summary>It is ours until the file is closed.</summary>
    Taken,

    /// <summary>Somebody else has it.</summary>
    Held,

    /// <summary>This file system has no working locks.</summary>
    Unsupported,
}

/// <summary>
/// A file that nobody else on this host has open (fcntl(2), <c>F_SETLEASE</c>: loop devices and other containers are seen too, other hosts are not).
/// Whoever opens it before this is disposed waits until then, so that must be soon.
/// </summary>
public sealed class ExclusiveLease : IDisposable
{
    /// <summary>SIGURG: what tells that somebody waits is ignored.</summary>
    private const int HarmlessSignal = 23;

    private readonly SafeFileHandle _file;

    private ExclusiveLease(SafeFileHandle file) => _file = file;

    /// <summary>Takes it.</summary>
    /// <returns>
    /// Null if somebody has the file open, this process included, or nobody can tell: it is somebody else's file, or the file system knows no leases.
    /// </returns>
    /// <exception cref="PlatformException">It cannot be opened.</exception>
    public static ExclusiveLease? TryTake(string path)
    {
        var file = PlainFile.OpenToRead(path);
        var descriptor = (int)file.DangerousGetHandle();
        if (Libc.fcntl(descriptor, Libc.SetSignal, HarmlessSignal) == 0 && Libc.fcntl(descriptor, Libc.SetLease, Libc.LeaseWrite) == 0)
        {
            return new ExclusiveLease(file);
        }

        file.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_file.IsClosed)
        {
            _ = Libc.fcntl((int)_file.DangerousGetHandle(), Libc.SetLease, Libc.LeaseNone);
            _file.Dispose();
        }
    }
}
