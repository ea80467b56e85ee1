using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

/// <summary>Paths as the kernel's tables show them: absolute, without symlinks.</summary>
public static unsafe class CanonicalPath
{
    /// <summary>
    /// Resolves a path. If it does not exist, or its last component cannot be queried (a dead mount), the parent directory is resolved and the last
    /// component kept.
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

/// <summary>
/// Resolves many paths as <see cref="CanonicalPath.Resolve"/> does, but each directory once: for one look at many files, not to be kept.
/// </summary>
public sealed class CanonicalPaths
{
    private readonly Dictionary<string, string> _directories = new(StringComparer.Ordinal);

    /// <summary>Resolves a path.</summary>
    public string Resolve(string path)
    {
        var absolute = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(absolute) is not { } directory || new FileInfo(absolute).LinkTarget is not null)
        {
            return CanonicalPath.Resolve(absolute);
        }

        if (!_directories.TryGetValue(directory, out var canonical))
        {
            canonical = _directories[directory] = CanonicalPath.Resolve(directory);
        }

        return Path.Combine(canonical, Path.GetFileName(absolute));
    }
}

/// <summary>Reads and creates symbolic links.</summary>
public static unsafe class SymbolicLinks
{
    /// <summary>Copies a symlink's target, truncated to the destination.</summary>
    /// <returns>Bytes copied.</returns>
    /// <exception cref="PlatformException">readlinkat(2) failed.</exception>
    public static int Read(HandleLease directory, ReadOnlySpan<byte> name, Span<byte> destination)
    {
        var room = stackalloc byte[name.Length + 1];
        fixed (byte* to = destination)
        {
            return Libc.Check((int)Libc.readlinkat(directory.Descriptor, CName.Terminate(name, room), to, (nuint)destination.Length), "readlink");
        }
    }

    /// <summary>Creates a symlink.</summary>
    /// <exception cref="PlatformException">symlinkat(2) failed.</exception>
    public static void Create(HandleLease directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        var room = stackalloc byte[name.Length + 1];
        var targetRoom = stackalloc byte[target.Length + 1];
        Libc.Check(Libc.symlinkat(CName.Terminate(target, targetRoom), directory.Descriptor, CName.Terminate(name, room)), "symlink");
    }
}
