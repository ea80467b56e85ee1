namespace CondaFuse.Store;

/// <summary>
/// Files in the user's cache: hints that may be missing, old or deleted at any time. Several may write one at once, each the whole of it.
/// </summary>
internal static class CacheFile
{
    /// <summary>Writes one. Not synced: what is lost, or empty after a power cut, is made again.</summary>
    /// <param name="path">Its path; the folder is made if need be.</param>
    /// <param name="content">Its content.</param>
    /// <param name="kept">So many files of the folder stay, those written last.</param>
    /// <exception cref="IOException">It cannot be written: what was there stays.</exception>
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

    /// <summary>Makes a folder, and those above it that are not there, for this user alone whatever the umask.</summary>
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
