namespace CondaFuse.Platform;

/// <summary>Programs on the disk.</summary>
public static class ExecutableFile
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Whether a path is a file that somebody may execute.</summary>
    public static bool Exists(string path) => File.Exists(path) && (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None;
}
