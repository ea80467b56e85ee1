namespace CondaFuse.Platform;

/// <summary>Reads and makes symbolic links.</summary>
public static unsafe class SymbolicLinks
{
    /// <summary>Copies a target; what does not fit is cut off.</summary>
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

    /// <summary>Makes a link.</summary>
    /// <exception cref="PlatformException">symlinkat(2) failed.</exception>
    public static void Create(HandleLease directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        var room = stackalloc byte[name.Length + 1];
        var targetRoom = stackalloc byte[target.Length + 1];
        Libc.Check(Libc.symlinkat(CName.Terminate(target, targetRoom), directory.Descriptor, CName.Terminate(name, room)), "symlink");
    }
}
