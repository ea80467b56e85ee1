namespace CondaFuse.Platform;

/// <summary>Queries the size of a terminal (TIOCGWINSZ).</summary>
public static unsafe class TerminalSize
{
    private const ulong GetWindowSize = 0x5413;

    /// <summary>Columns of the terminal behind a descriptor; null if it is not a terminal, 0 if the terminal does not know.</summary>
    public static int? Columns(int descriptor) => Ask(descriptor) is { } size ? size[1] : null;

    /// <summary>Lines of the terminal behind a descriptor; null if it is not a terminal, 0 if the terminal does not know.</summary>
    public static int? Lines(int descriptor) => Ask(descriptor) is { } size ? size[0] : null;

    /// <summary><c>struct winsize</c>: rows, columns, and two sizes in pixels.</summary>
    private static ushort[]? Ask(int descriptor)
    {
        var size = stackalloc ushort[4];
        return Libc.ioctl(descriptor, GetWindowSize, size) >= 0 ? [size[0], size[1]] : null;
    }
}
