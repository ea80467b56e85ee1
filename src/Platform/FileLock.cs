using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>An exclusive <c>flock(2)</c> on a file, given back when disposed or when the process dies.</summary>
public sealed class FileLock : IDisposable
{
    private readonly SafeFileHandle file;

    private FileLock(SafeFileHandle file) => this.file = file;

    /// <summary>Takes the lock, creating the file (0600) if need be.</summary>
    /// <param name="path">The file.</param>
    /// <param name="wait">Whether to wait for whoever holds it.</param>
    /// <returns>Null if somebody holds it and <paramref name="wait"/> is false.</returns>
    public static FileLock? Take(string path, bool wait)
    {
        const uint ownerOnly = 0x180;
        var handle = RegularFile.Open(RegularFile.WorkingDirectory, path, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenNotThroughLinks, ownerOnly, path);
        while (Libc.flock((int)handle.DangerousGetHandle(), Libc.LockExclusive | (wait ? 0 : Libc.LockNonBlocking)) < 0)
        {
            var errno = Libc.LastErrno;
            if (errno == Errno.EINTR)
            {
                continue;
            }

            handle.Dispose();
            return errno == Errno.EAGAIN ? null : throw new PlatformException(errno, "flock", path);
        }

        return new FileLock(handle);
    }

    /// <summary>The locked file: a process that it is handed to has the lock too, until the last of them ends.</summary>
    public SafeFileHandle File => file;

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
