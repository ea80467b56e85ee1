using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>Why an archive cannot be used, and what helps.</summary>
/// <param name="Text">Why.</param>
/// <param name="Remedy">What the user can do; no file is called damaged that only could not be read.</param>
public sealed record ArchiveProblem(string Text, string Remedy)
{
    /// <summary>An archive of a mount whose file is gone, or a symlink to a file that is not there.</summary>
    public static ArchiveProblem Missing(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new FileInfo(path).LinkTarget is { } target
            ? new ArchiveProblem(
                $"is a symlink to {target}, which does not exist", "make the target available again (is its file system mounted?), or remove the symlink")
            : new ArchiveProblem("its archive is gone", $"condafuse unmount {Path.GetFileNameWithoutExtension(path)}");
    }

    /// <summary>An archive that could not be opened or read.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="failure">What reading it ended with.</param>
    public static ArchiveProblem Of(string path, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure switch
        {
            PlatformException { Errno: Errno.ENOENT } => Missing(path),
            PlatformException { Errno: Errno.EACCES or Errno.EPERM } or UnauthorizedAccessException =>
                new ArchiveProblem(
                    $"cannot be read: you may not read {path}", $"ls -l '{path}' shows its owner and mode; the owner can allow it with chmod u+r"),
            PlatformException { Errno: Errno.EINVAL or Errno.EISDIR } =>
                new ArchiveProblem("is not a regular file", $"ls -l '{path}' shows what it is; move it out of the archive directory"),
            PlatformException or IOException =>
                new ArchiveProblem($"cannot be read now: {failure.Message}", "check the storage that it is on; its content may be intact"),
            _ => new ArchiveProblem(failure.Message, $"condafuse verify '{path}' shows what is damaged; restore it from a backup"),
        };
    }
}
