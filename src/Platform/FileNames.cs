using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>How many names a file has.</summary>
public static class FileNames
{
    /// <summary>The number of a file's names (hard links), through symlinks.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be opened.</exception>
    public static long Count(string path)
    {
        using SafeFileHandle file = PlainFile.OpenToRead(path);
        using var lease = new HandleLease(file);
        return FileStatus.Of(lease, []).Links;
    }
}
