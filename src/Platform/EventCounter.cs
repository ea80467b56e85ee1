using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>
/// A semaphore that <c>poll(2)</c> understands (<c>eventfd(2)</c>): each raise lets one taker go on. It wakes all who sleep in it, though, to
/// see who that is: meant for one sleeper.
/// </summary>
public sealed unsafe class EventCounter : IDisposable
{
    private readonly SafeFileHandle _handle =
        new(Libc.Check(Libc.eventfd(0, Libc.EventSemaphore | Libc.EventCloseOnExec), "eventfd"), ownsHandle: true);

    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Adds to the count.</summary>
    public void Raise(uint count = 1)
    {
        ulong value = count;
        nint written;
        while ((written = Libc.write(Descriptor, &value, sizeof(ulong))) < 0 && Libc.LastErrno == Errno.EINTR)
        {
        }

        Check(written, "write");
    }

    /// <summary>Sleeps until the count is above 0 and takes 1 of it.</summary>
    public void Take()
    {
        ulong value;
        nint read;
        while ((read = Libc.read(Descriptor, &value, sizeof(ulong))) < 0 && Libc.LastErrno == Errno.EINTR)
        {
        }

        Check(read, "read");
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static void Check(nint result, string call)
    {
        if (result < 0)
        {
            throw new PlatformException(Libc.LastErrno, call, "eventfd");
        }
    }
}
