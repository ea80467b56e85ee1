using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Opens entries by directory and name, so that no path gets too long and no symlink is followed on the way.</summary>
public static unsafe class EntryOpening
{
    /// <summary><c>AT_FDCWD</c>.</summary>
    internal const int AtWorkingDirectory = -100;

    /// <summary>Opens a directory by a path, following symlinks.</summary>
    /// <exception cref="PlatformException">openat(2) failed.</exception>
    public static SafeFileHandle Directory(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path + '\0');
        fixed (byte* pointer = bytes)
        {
            return Handle(Libc.openat(AtWorkingDirectory, pointer, Libc.OpenDirectory | Libc.OpenCloseOnExec, 0), path);
        }
    }

    /// <summary>Opens a directory by a path whose last component must not be a symlink.</summary>
    /// <exception cref="PlatformException">openat(2) failed; ELOOP or ENOTDIR for a symlink.</exception>
    public static SafeFileHandle DirectoryItself(string path)
    {
        fixed (byte* pointer = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return Handle(Libc.openat(AtWorkingDirectory, pointer, Libc.OpenDirectory | Libc.OpenNotThroughLinks | Libc.OpenCloseOnExec, 0), path);
        }
    }

    /// <summary>Opens a subdirectory.</summary>
    public static SafeFileHandle Directory(HandleLease parent, ReadOnlySpan<byte> name) =>
        Open(parent, name, Libc.OpenDirectory | Libc.OpenNotThroughLinks, 0);

    /// <summary>Opens a reference (<c>O_PATH</c>) to an entry of any kind: symlinks are not followed, and fifos and devices are not opened.</summary>
    public static SafeFileHandle Reference(HandleLease parent, ReadOnlySpan<byte> name) =>
        Open(parent, name, Libc.OpenReference | Libc.OpenNotThroughLinks, 0);

    /// <summary>Opens a file for reading, without waiting for the other end of a fifo.</summary>
    public static SafeFileHandle FileForReading(HandleLease parent, ReadOnlySpan<byte> name) =>
        Open(parent, name, Libc.OpenNotThroughLinks | Libc.OpenNonBlocking, 0);

    /// <summary>
    /// Opens a file by a path for reading without read-ahead by the kernel. Does not wait for the other end of a fifo, and does not follow a symlink
    /// at the end of the path.
    /// </summary>
    public static SafeFileHandle FileForReadingInAnyOrder(ReadOnlySpan<byte> path)
    {
        var room = new byte[path.Length + 1];
        path.CopyTo(room);
        fixed (byte* pointer = room)
        {
            var file = Handle(
                Libc.openat(AtWorkingDirectory, pointer, Libc.OpenNotThroughLinks | Libc.OpenNonBlocking | Libc.OpenCloseOnExec, 0), null);
            _ = Libc.posix_fadvise((int)file.DangerousGetHandle(), 0, 0, Libc.AdviseRandom);
            return file;
        }
    }

    /// <summary>Creates a file, which must not exist yet, and opens it for writing.</summary>
    public static SafeFileHandle NewFile(HandleLease parent, ReadOnlySpan<byte> name, uint permissions) =>
        Open(parent, name, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenExclusive | Libc.OpenNotThroughLinks, permissions);

    private static SafeFileHandle Open(HandleLease parent, ReadOnlySpan<byte> name, int flags, uint mode)
    {
        var room = stackalloc byte[name.Length + 1];
        int descriptor;
        do
        {
            descriptor = Libc.openat(parent.Descriptor, CName.Terminate(name, room), flags | Libc.OpenCloseOnExec, mode);
        }
        while (descriptor < 0 && Libc.LastErrno == Errno.EINTR);

        return Handle(descriptor, null);
    }

    private static SafeFileHandle Handle(int descriptor, string? subject) => new(Libc.Check(descriptor, "open", subject), ownsHandle: true);
}

/// <summary>A file or directory that stays open until this is disposed, even if its handle is closed meanwhile.</summary>
public readonly struct HandleLease : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Takes a lease.</summary>
    public HandleLease(SafeFileHandle handle)
    {
        var taken = false;
        handle.DangerousAddRef(ref taken);
        _handle = handle;
    }

    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Reads a file at an offset until the destination is full or the file ends.</summary>
    /// <returns>Bytes read.</returns>
    /// <exception cref="PlatformException">pread(2) failed.</exception>
    public int Read(long offset, Span<byte> destination) => FileContent.Read(_handle, offset, destination);

    /// <inheritdoc/>
    public void Dispose() => _handle.DangerousRelease();
}
