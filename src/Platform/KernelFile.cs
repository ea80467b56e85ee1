using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>
/// Files that the kernel composes when they are read, as below /proc: no length is known, and they need neither locks nor buffers. The framework's
/// own API takes a dozen calls for each.
/// </summary>
public static unsafe class KernelFile
{
    private const int UsualBytes = 4096;

    /// <summary>Reads the whole file.</summary>
    /// <exception cref="PlatformException">It cannot be opened or read; ENOENT or ESRCH where its process has ended.</exception>
    public static byte[] Read(string path)
    {
        var descriptor = Libc.Check(Libc.open(path, Libc.OpenReadOnly | Libc.OpenCloseOnExec, 0), "open", path);
        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        Span<byte> buffer = stackalloc byte[UsualBytes];
        var length = 0;
        while (Read(descriptor, buffer[length..], path) is > 0 and var read)
        {
            length += read;
            if (length == buffer.Length)
            {
                var longer = new byte[2 * length];
                buffer.CopyTo(longer);
                buffer = longer;
            }
        }

        return buffer[..length].ToArray();
    }

    /// <summary>Reads the whole file as text.</summary>
    /// <exception cref="PlatformException">As for <see cref="Read(string)"/>.</exception>
    public static string ReadText(string path) => Encoding.UTF8.GetString(Read(path));

    private static int Read(int descriptor, Span<byte> buffer, string path)
    {
        fixed (byte* start = buffer)
        {
            int read;
            while ((read = (int)Libc.read(descriptor, start, (nuint)buffer.Length)) < 0 && Libc.LastErrno == Errno.EINTR)
            {
            }

            return Libc.Check(read, "read", path);
        }
    }
}
