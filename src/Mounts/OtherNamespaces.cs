namespace CondaFuse.Mounts;

/// <summary>Mount namespaces other than this process's: containers, batch jobs.</summary>
public static class OtherNamespaces
{
    /// <summary>
    /// Whether a directory is a mount point somewhere else, as far as this user may look: removing it would silently
    /// detach that mount.
    /// </summary>
    public static bool Hold(string mountPoint)
    {
        var seen = new HashSet<string?> { ProcFile.TryReadLink("/proc/self/ns/mnt") };
        foreach (var id in ProcFile.ProcessIds())
        {
            if (seen.Add(ProcFile.TryReadLink($"/proc/{id}/ns/mnt"))
                && ProcFile.TryReadText($"/proc/{id}/mountinfo") is { } text
                && MountTable.Parse(System.Text.Encoding.UTF8.GetBytes(text)).At(mountPoint) is not null)
            {
                return true;
            }
        }

        return false;
    }
}
