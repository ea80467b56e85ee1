using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>An exclusive <c>flock(2)</c> on a file, released when disposed or when the process dies.</summary>
public sealed class FileLock : IDisposable
{
    private FileLock(SafeFileHandle file) => File = file;

    /// <summary>Takes the lock, creating the file (0600) if necessary.</summary>
    /// <param name="folder">The folder of the file.</param>
    /// <param name="name">Its name.</param>
    /// <param name="wait">Whether to wait for the current holder.</param>
    /// <returns>Null if another process holds it and <paramref name="wait"/> is false.</returns>
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

            // The previous holder may have removed the file: then this lock is on a file that no other process will open.
            if (folder.TryIdentify(name) == FileIdentity.Of(handle))
            {
                return new FileLock(handle);
            }

            handle.Dispose();
        }
    }

    /// <summary>Holds a shared lock on a folder: systemd-tmpfiles does not age what is below a locked directory (tmpfiles.d(5)).</summary>
    /// <returns>Null if the file system does not support such locks.</returns>
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

    /// <summary>Whether no process holds a subfolder with <see cref="HoldAgainstAgeing"/>.</summary>
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

    /// <summary>The locked file. A process that inherits it shares the lock, which lasts until the last of these processes exits.</summary>
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

/// <summary>The result of trying to take a lock.</summary>
public enum LockAnswer
{
    /// <summary>This process has it until the file is closed.</summary>
    Taken,

    /// <summary>Another process has it.</summary>
    Held,

    /// <summary>The file system does not support locks.</summary>
    Unsupported,
}

/// <summary>
/// A file that no other process on this host has open (fcntl(2), <c>F_SETLEASE</c>: includes loop devices and containers, but not other hosts).
/// Another process that opens it waits until this is disposed, so that must be soon.
/// </summary>
public sealed class ExclusiveLease : IDisposable
{
    /// <summary>SIGURG: the signal for a waiting process is ignored.</summary>
    private const int HarmlessSignal = 23;

    private readonly SafeFileHandle _file;

    private ExclusiveLease(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lease.</summary>
    /// <returns>Null if any process, including this one, has the file open. Also null if that cannot be determined: the file belongs to another
    /// user, or its file system does not support leases.</returns>
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
