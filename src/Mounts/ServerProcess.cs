using CondaFuse.Platform;

namespace CondaFuse.Mounts;

/// <summary>The process behind a FUSE mount, and the end of it.</summary>
public static class ServerProcess
{
    /// <summary>
    /// Finds who serves a mount by the connection's number in the descriptors of <c>/dev/fuse</c>
    /// (<c>fuse_connection</c> in fdinfo, Linux 6.17); null on older kernels, and for another user's server.
    /// </summary>
    /// <param name="mount">The mount; the minor number of its device is the connection's number.</param>
    public static ProcessIdentity? Find(MountEntry mount)
    {
        var connection = mount.Device[(mount.Device.IndexOf(':', StringComparison.Ordinal) + 1)..];
        foreach (var id in ProcFile.ProcessIds())
        {
            foreach (var descriptor in ProcFile.List($"/proc/{id}/fd"))
            {
                if (ProcFile.TryReadLink(descriptor) == FuseMounter.DevicePath && Connection(id, Path.GetFileName(descriptor)) == connection)
                {
                    return ProcessIdentity.Find(id);
                }
            }
        }

        return null;
    }

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

    private static string? Connection(int id, string descriptor)
    {
        const string key = "fuse_connection:";
        return ProcFile.TryReadText($"/proc/{id}/fdinfo/{descriptor}")?.Split('\n')
            .FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim();
    }
}
