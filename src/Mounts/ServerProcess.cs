using CondaFuse.Platform;

namespace CondaFuse.Mounts;

/// <summary>Waits for the end of processes that are no children.</summary>
public static class ServerProcess
{
    /// <summary>Waits until a process has ended.</summary>
    /// <returns>False if it has not within the time.</returns>
    public static bool WaitForEnd(ProcessIdentity process, TimeSpan time, TimeProvider clock)
    {
        // The descriptor pins the process; only then the question whether it is the one meant is safe from reuse of its number.
        using var descriptor = Processes.TryOpen(process.Id);
        var start = clock.GetTimestamp();
        while (process.IsAlive)
        {
            var left = time - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            if (descriptor is not null)
            {
                Processes.WaitForEnd(descriptor, left);
            }
            else
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(5));
            }
        }

        return true;
    }
}
