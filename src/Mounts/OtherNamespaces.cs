namespace CondaFuse.Mounts;

/// <summary>Mount namespaces other than this process's, for example of containers and batch jobs.</summary>
public static class OtherNamespaces
{
    /// <summary>Whether a process sees the same mounts as this one; false if that cannot be determined.</summary>
    public static bool IsOwn(int process) =>
        ProcFile.TryReadLink($"/proc/{process}/ns/mnt") is { } space && space == ProcFile.TryReadLink("/proc/self/ns/mnt");

    /// <summary>Where else a file system is mounted, in words for the user, as far as this user may see.</summary>
    /// <param name="device">The file system's device.</param>
    public static IReadOnlyList<string> Showing(string device)
    {
        var own = ProcFile.TryReadLink("/proc/self/ns/mnt");
        List<string> places = [
            .. MountTable.Read().Entries.Where(entry => entry.Device == device).Select(entry => $"mount point {entry.MountPoint}")
        ];
        var seen = new HashSet<string?> { own };
        foreach (var id in ProcFile.ProcessIds())
        {
            if (ProcFile.TryReadLink($"/proc/{id}/ns/mnt") is { } space && seen.Add(space)
                && ProcFile.TryReadText($"/proc/{id}/mountinfo") is { } text
                && MountTable.Parse(System.Text.Encoding.UTF8.GetBytes(text)).Entries.Any(entry => entry.Device == device))
            {
                places.Add($"process {id} ({ProcFile.TryReadText($"/proc/{id}/comm")?.Trim() ?? "?"}) and others in its mount namespace");
            }
        }

        return places;
    }

    /// <summary>
    /// Whether a directory is a mount point in another namespace, as far as this user may see: removing it would silently detach that mount.
    /// </summary>
    public static bool Hold(string mountPoint)
    {
        var seen = new HashSet<string?> { ProcFile.TryReadLink("/proc/self/ns/mnt") };
        foreach (var id in ProcFile.ProcessIds())
        {
            if (ProcFile.TryReadLink($"/proc/{id}/ns/mnt") is { } space && seen.Add(space)
                && ProcFile.TryReadText($"/proc/{id}/mountinfo") is { } text
                && MountTable.Parse(System.Text.Encoding.UTF8.GetBytes(text)).At(mountPoint) is not null)
            {
                return true;
            }
        }

        return false;
    }
}
