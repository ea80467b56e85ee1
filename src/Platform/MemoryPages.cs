namespace CondaFuse.Platform;

/// <summary>The machine's memory pages.</summary>
public static class MemoryPages
{
    /// <summary>Bytes of a page.</summary>
    public static int Size { get; } = Libc.getpagesize();
}
