using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

/// <summary>Paths as the kernel's tables show them: absolute, without symlinks.</summary>
public static unsafe class CanonicalPath
{
    /// <summary>
    /// Resolves a path. Of one that does not exist, or whose last component cannot be asked (a dead mount), the
    /// directory above is resolved and the last component kept.
    /// </summary>
    public static string Resolve(string path)
    {
        var absolute = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (TryResolve(absolute) is { } resolved)
        {
            return resolved;
        }

        return Path.GetDirectoryName(absolute) is { } parent ? Path.Combine(Resolve(parent), Path.GetFileName(absolute)) : absolute;
    }

    private static string? TryResolve(string path)
    {
        var buffer = stackalloc byte[Libc.PathMax];
        return Libc.realpath(path, buffer) is null ? null : Marshal.PtrToStringUTF8((nint)buffer);
    }
}
