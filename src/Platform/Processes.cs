using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Other processes: signals, and waiting for the end of one that is no child.</summary>
public static unsafe class Processes
{
    /// <summary>Sends a signal; false if there is no such process.</summary>
    public static bool TrySignal(int pid, Signal signal)
    {
        if (Libc.kill(pid, (int)signal) == 0)
        {
            return true;
        }

        return Libc.LastErrno == Errno.ESRCH ? false : throw new PlatformException(Libc.LastErrno, "kill", $"{pid}");
    }

    /// <summary>A descriptor of a process, readable when it has ended; null if it is gone or the kernel (before 5.3) has none.</summary>
    public static SafeFileHandle? TryOpen(int pid)
    {
        var descriptor = Libc.pidfd_open(Libc.PidfdOpenCall, pid, 0);
        return descriptor < 0 ? null : new SafeFileHandle((nint)descriptor, ownsHandle: true);
    }

    /// <summary>Waits until the process behind a descriptor of <see cref="TryOpen"/> has ended.</summary>
    /// <returns>False if it has not within the time.</returns>
    public static bool WaitForEnd(SafeFileHandle process, TimeSpan time)
    {
        var descriptor = new Libc.PollDescriptor { Descriptor = (int)process.DangerousGetHandle(), Events = Libc.PollIn };
        var milliseconds = (int)Math.Clamp(time.TotalMilliseconds, 0, int.MaxValue);
        var ready = Libc.poll(&descriptor, 1, milliseconds);
        return ready > 0 || (ready < 0 && Libc.LastErrno != Errno.EINTR
            ? throw new PlatformException(Libc.LastErrno, "poll")
            : ready > 0);
    }
}
