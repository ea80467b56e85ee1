using System.Text;

namespace CondaFuse.Platform;

/// <summary>
/// Asks the server of one of our mounts for its address, by an ioctl(2) on the mount's root. The caller waits as long as the server takes and cannot
/// be killed meanwhile, so this must run in a process that nobody waits for.
/// </summary>
public static unsafe class MountQuery
{
    private const int MaxBytes = 4000;

    /// <summary>Number of the ioctl: <c>_IOR('c', 0xF5, char[4000])</c>.</summary>
    public static uint Number => (2u << 30) | (MaxBytes << 16) | ('c' << 8) | 0xF5;

    /// <summary>Sends the query.</summary>
    /// <param name="mountPoint">The mount point.</param>
    /// <param name="answer">The server's address; empty if the server does not support the query.</param>
    /// <returns><see cref="Errno.None"/> if there is a server; ENOTCONN if it is gone.</returns>
    public static Errno Ask(string mountPoint, out string answer)
    {
        answer = string.Empty;
        try
        {
            using var root = EntryOpening.DirectoryItself(mountPoint);
            using var lease = new HandleLease(root);
            var room = stackalloc byte[MaxBytes];
            new Span<byte>(room, MaxBytes).Clear();
            if (Libc.ioctl(lease.Descriptor, Number, room) >= 0)
            {
                var text = new ReadOnlySpan<byte>(room, MaxBytes);
                answer = Encoding.UTF8.GetString(text[..Math.Max(0, text.IndexOf((byte)0))]);
                return Errno.None;
            }
        }
        catch (PlatformException failure)
        {
            return failure.Errno;
        }

        return Libc.LastErrno == Errno.ENOTTY ? FileSystems.Ask(mountPoint) : Libc.LastErrno;
    }
}
