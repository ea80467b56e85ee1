using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>
/// A semaphore that works with <c>poll(2)</c> (<c>eventfd(2)</c>): each raise lets one taker continue. It wakes everyone who sleeps on it, so it is
/// meant for one sleeper.
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

/// <summary>Rings once after a set time (<c>timerfd_create(2)</c>).</summary>
public sealed unsafe class Alarm : IDisposable
{
    private readonly SafeFileHandle _handle = new(
        Libc.Check(Libc.timerfd_create(Libc.MonotonicClock, Libc.OpenCloseOnExec), "timerfd_create"), ownsHandle: true);

    private int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Sets the time until it rings, which must be above zero; replaces the previous setting.</summary>
    public void Set(TimeSpan time)
    {
        var setting = new Libc.TimerSetting { Seconds = (long)time.TotalSeconds, Nanoseconds = time.Ticks % TimeSpan.TicksPerSecond * 100 };
        Libc.Check(Libc.timerfd_settime(Descriptor, 0, &setting, null), "timerfd_settime");
    }

    /// <summary>Sleeps until it rings; for one sleeper only.</summary>
    public void Wait()
    {
        ulong times;
        while (Libc.read(Descriptor, &times, sizeof(ulong)) < 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new PlatformException(Libc.LastErrno, "read", "timerfd");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();
}
