using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>
/// Files in the user's cache: hints that may be missing, outdated or deleted at any time. Several processes may write one at once; each writes the
/// whole file.
/// </summary>
internal static class CacheFile
{
    private const int WriteOfOthers = 0x12; // 0o022

    /// <summary>Reads a file that only this user can have written: its content decides what is replaced in an archive.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="longest">Longest content in bytes.</param>
    /// <returns>Null if it is missing, too long, a symlink, owned by another user or writable by others.</returns>
    public static byte[]? TryRead(string path, int longest)
    {
        try
        {
            using var file = PlainFile.OpenItselfToRead(path);
            using var lease = new HandleLease(file);
            var status = FileStatus.Of(lease, []);
            return status.UserId == Identity.UserId && (status.Permissions & WriteOfOthers) == 0 ? PlainFile.ReadAll(file, longest) : null;
        }
        catch (PlatformException)
        {
            return null; // it is created again
        }
    }

    /// <summary>Writes a file. It is not synced: if it is lost or empty after a power failure, it is created again.</summary>
    /// <param name="path">Its path; the folder is created if necessary.</param>
    /// <param name="content">Its content.</param>
    /// <param name="kept">How many files of the folder to keep: the most recently written ones.</param>
    /// <exception cref="IOException">It cannot be written: an existing file is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static void Write(string path, byte[] content, int kept)
    {
        var folder = Path.GetDirectoryName(path)!;
        MakeFolder(folder);
        var temporary = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            using (var file = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                file.Write(content);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        foreach (var old in new DirectoryInfo(folder).GetFiles().OrderByDescending(file => file.LastWriteTimeUtc).Skip(kept))
        {
            old.Delete();
        }
    }

    /// <summary>Creates a folder and its missing parents for this user only, whatever the umask.</summary>
    private static void MakeFolder(string path)
    {
        if (!Directory.Exists(path))
        {
            if (Path.GetDirectoryName(path) is { } above)
            {
                MakeFolder(above);
            }

            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
