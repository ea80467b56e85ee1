namespace CondaFuse.Fuse.Wire;

/// <summary><c>FUSE_WRITE_*</c>.</summary>
[Flags]
public enum WriteFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Pages of a shared mapping; the header names nobody in particular.</summary>
    Cache = 1 << 0,

    /// <summary>The lock's owner is there.</summary>
    LockOwner = 1 << 1,

    /// <summary>The writer may not keep set-id bits and file capabilities.</summary>
    ClearSetId = 1 << 2,
}
