using System.Text;

namespace CondaFuse.Platform;

/// <summary>
/// Asks a mount of ours who serves it, by an ioctl(2) on its root that its server answers. The asker waits as long as the server takes and cannot be
/// killed meanwhile: it is to be a process that nobody waits for.
/// </summary>
public static unsafe class MountQuery
{
    private const int MaxBytes = 4000;

    /// <summary>Number of the ioctl: <c>_IOR('c', 0xF5, char[4000])</c>.</summary>
    public static uint Number => (2u << 30) | (MaxBytes << 16) | ('c' << 8) | 0xF5;

    /// <summary>Asks.</summary>
    /// <param name="mountPoint">Where it is mounted.</param>
    /// <param name="answer">What its server tells; empty for a server that knows no such question.</param>
    /// <returns><see cref="Errno.None"/> if there is a server; ENOTCONN if there is none any more.</returns>
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
