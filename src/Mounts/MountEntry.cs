namespace CondaFuse.Mounts;

/// <summary>A line of <c>/proc/PID/mountinfo</c> (proc_pid_mountinfo(5)).</summary>
/// <param name="Id">Mount id.</param>
/// <param name="Device">Device of the mounted file system, as <c>major:minor</c>.</param>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="Type">File-system type with subtype, as <c>fuse.condafuse</c>.</param>
/// <param name="Source">What is mounted.</param>
/// <param name="MountOptions">Options of the mount.</param>
/// <param name="SuperOptions">Options of the file system.</param>
public sealed record MountEntry(
    int Id, string Device, string MountPoint, string Type, string Source, IReadOnlyList<string> MountOptions, IReadOnlyList<string> SuperOptions)
{
    /// <summary>Whether nothing can be written through it.</summary>
    public bool IsReadOnly => MountOptions.Contains("ro") || SuperOptions.Contains("ro");

    /// <summary>The user who mounted it, as FUSE records it; null for other file systems.</summary>
    public uint? FuseUser
    {
        get
        {
            const string key = "user_id=";
            var option = SuperOptions.FirstOrDefault(option => option.StartsWith(key, StringComparison.Ordinal));
            return option is not null && uint.TryParse(option.AsSpan(key.Length), out var user) ? user : null;
        }
    }
}
