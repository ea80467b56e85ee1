namespace CondaFuse.Platform;

/// <summary>Whether a failure says that there is no room: on a file system, or in somebody's quota.</summary>
public static class DiskFull
{
    /// <summary>Looks at what the kernel said, through this room or through .NET, which keeps its number.</summary>
    public static bool Is(Exception failure) => failure is PlatformException ours
        ? ours.Errno is Errno.ENOSPC or Errno.EDQUOT
        : failure is IOException { HResult: (int)Errno.ENOSPC or (int)Errno.EDQUOT };
}
