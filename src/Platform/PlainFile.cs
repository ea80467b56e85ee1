using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>
/// Opens regular files by name. Never waits for the other end of a fifo, and refuses anything but regular files. The framework's own API would also
/// take a shared <c>flock</c>, which interferes with other locks on network file systems.
/// </summary>
public static class PlainFile
{
    /// <summary>Permissions of a new file before the umask.</summary>
    private const uint ReadableByAll = 0x1B6;

    /// <summary>Default size limit of <see cref="ReadAll"/>: this program's small files have a few hundred bytes.</summary>
    public const int MaxSmallFile = 1 << 20;

    /// <summary>Opens a file for reading and writing, creating it if necessary; never follows a symlink.</summary>
    /// <exception cref="PlatformException">open(2) failed, or it is not a regular file.</exception>
    public static SafeFileHandle OpenOrCreate(string path) => Open(path, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenNotThroughLinks);

    /// <summary>Opens a new file for reading and writing.</summary>
    /// <exception cref="PlatformException">EEXIST if the file exists.</exception>
    public static SafeFileHandle Create(string path) => Open(path, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenExclusive);

    /// <summary>Opens an existing file for reading and writing; never follows a symlink.</summary>
    /// <exception cref="PlatformException">open(2) failed, or it is not a regular file.</exception>
    public static SafeFileHandle OpenToChange(string path) => Open(path, Libc.OpenReadWrite | Libc.OpenNotThroughLinks);

    /// <summary>Opens a file for reading, following symlinks, because an archive may be one.</summary>
    /// <exception cref="PlatformException">open(2) failed, or it is not a regular file.</exception>
    public static SafeFileHandle OpenToRead(string path) => Open(path, Libc.OpenReadOnly);

    /// <summary>Opens an existing file for reading; never through a symlink.</summary>
    /// <exception cref="PlatformException">open(2) failed, or this is not a regular file.</exception>
    public static SafeFileHandle OpenItselfToRead(string path) => Open(path, Libc.OpenReadOnly | Libc.OpenNotThroughLinks);

    /// <summary>Lets the kernel begin to read a part that will be needed. A hint: it does not wait, and a failure does no harm.</summary>
    public static void ReadAhead(SafeFileHandle file, long position, long length)
    {
        using var lease = new HandleLease(file);
        _ = Libc.posix_fadvise(lease.Descriptor, position, length, Libc.AdviseWillNeed);
    }

    /// <summary>Reads the whole of a small file.</summary>
    /// <exception cref="PlatformException">EFBIG: it is larger than <paramref name="limit"/>, so it is not the expected file.</exception>
    public static byte[] ReadAll(SafeFileHandle file, int limit = MaxSmallFile)
    {
        long length;
        using (var lease = new HandleLease(file))
        {
            length = FileStatus.Of(lease, []).Size;
        }

        if (length > limit)
        {
            throw new PlatformException(Errno.EFBIG, "read");
        }

        var bytes = new byte[length];
        return bytes[..FileContent.Read(file, 0, bytes)];
    }

    /// <summary>Replaces a file's whole content.</summary>
    public static void WriteAll(SafeFileHandle file, ReadOnlySpan<byte> content)
    {
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, content, 0);
    }

    private static SafeFileHandle Open(string path, int flags) => RegularFile.Open(RegularFile.WorkingDirectory, path, flags, ReadableByAll, path);
}
