namespace CondaFuse.Platform;

/// <summary>Descriptors 0, 1 and 2 of a program whose caller closed them.</summary>
public static class InheritedStreams
{
    /// <summary>Opens /dev/null where one is closed: else the next file that is opened would become standard output.</summary>
    public static void EnsureOpen()
    {
        for (var number = 0; number <= 2; number++)
        {
            if (Libc.fcntl(number, Libc.GetDescriptorFlags, 0) < 0)
            {
                // The lowest free number is this one. It is to be inherited, so it is not close-on-exec.
                _ = Libc.open("/dev/null", Libc.OpenReadWrite, 0);
            }
        }
    }
}
