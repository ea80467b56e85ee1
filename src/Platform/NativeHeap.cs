namespace CondaFuse.Platform;

/// <summary>Memory of this process outside of the garbage collector's heap: buffers of codecs and of blocks.</summary>
public static class NativeHeap
{
    /// <summary>Gives memory that was freed back to the kernel, where the C library keeps it and can (glibc).</summary>
    public static void Trim()
    {
        try
        {
            _ = Libc.malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc: musl gives back by itself.
        }
    }
}
