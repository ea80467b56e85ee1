namespace CondaFuse.Fuse.Wire;

/// <summary><c>FOPEN_*</c>.</summary>
[Flags]
public enum OpenFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Opening does not drop the cached pages.</summary>
    KeepCache = 1 << 1,

    /// <summary>The listing may be cached.</summary>
    CacheDirectory = 1 << 3,
}
