using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>
/// The only place that opens archives, and files beside them, by name: never waits for a fifo, and refuses anything but regular files.
/// </summary>
internal static unsafe class RegularFile
{
    internal const int WorkingDirectory = -100;

    /// <summary><c>O_PATH</c>, the same on x86-64 and arm64.</summary>
    private const int OpenPath = 0x200000;

    /// <summary>Opens or creates a regular file.</summary>
    /// <param name="directory">Descriptor of the folder, or <see cref="WorkingDirectory"/>.</param>
    /// <param name="name">Its name there, or a path.</param>
    /// <param name="flags">Access mode and other flags of open(2).</param>
    /// <param name="permissions">Permissions of a new file, before the umask.</param>
    /// <param name="subject">For messages.</param>
    /// <exception cref="PlatformException">openat(2) failed; EISDIR for a directory, EINVAL for a fifo, device or socket.</exception>
    internal static SafeFileHandle Open(int directory, string name, int flags, uint permissions, string subject)
    {
        fixed (byte* bytes = Encoding.UTF8.GetBytes(name + '\0'))
        {
            var descriptor = OpenAt(directory, bytes, flags | Libc.OpenNonBlocking, permissions);

            // EAGAIN: another process holds a lease (ExclusiveLease) on the file and will release it soon.
            var file = descriptor < 0 && Libc.LastErrno == Errno.EAGAIN
                ? OpenAfterLease(directory, bytes, flags, subject)
                : new SafeFileHandle(Libc.Check(descriptor, "open", subject), ownsHandle: true);
            return Demand(file, subject);
        }
    }

    /// <summary>Waits until a lease on a regular file ends. The descriptor pins the file, so that no fifo can take its place meanwhile.</summary>
    private static SafeFileHandle OpenAfterLease(int directory, byte* name, int flags, string subject)
    {
        using var pinned = Demand(
            new SafeFileHandle(
                Libc.Check(OpenAt(directory, name, OpenPath | (flags & Libc.OpenNotThroughLinks), 0), "open", subject), ownsHandle: true),
            subject);
        var path = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{(int)pinned.DangerousGetHandle()}\0"));
        fixed (byte* bytes = path)
        {
            var descriptor = OpenAt(WorkingDirectory, bytes, flags & ~(Libc.OpenNotThroughLinks | Libc.OpenCreate | Libc.OpenExclusive), 0);
            return new SafeFileHandle(Libc.Check(descriptor, "open", subject), ownsHandle: true);
        }
    }

    private static int OpenAt(int directory, byte* name, int flags, uint permissions)
    {
        int descriptor;
        do
        {
            descriptor = Libc.openat(directory, name, flags | Libc.OpenCloseOnExec, permissions);
        }
        while (descriptor < 0 && Libc.LastErrno == Errno.EINTR);

        return descriptor;
    }

    private static SafeFileHandle Demand(SafeFileHandle file, string subject)
    {
        EntryType type;
        using (var lease = new HandleLease(file))
        {
            type = FileStatus.Of(lease, []).Type;
        }

        if (type == EntryType.File)
        {
            return file;
        }

        file.Dispose();
        throw new PlatformException(type == EntryType.Directory ? Errno.EISDIR : Errno.EINVAL, "open", $"{subject} (not a regular file)");
    }
}

/// <summary>Device files. The file API of .NET inspects them too closely to open them.</summary>
public static class Devices
{
    /// <summary>Opens a device for reading and writing.</summary>
    public static SafeFileHandle Open(string path) =>
        new(Libc.Check(Libc.open(path, Libc.OpenReadWrite | Libc.CloseOnExec, 0), "open", path), ownsHandle: true);
}
