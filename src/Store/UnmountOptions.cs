namespace CondaFuse.Store;

/// <summary>How to unmount.</summary>
/// <param name="Wait">How long to wait for whoever uses the mount.</param>
/// <param name="Lazy">Detach it now, even while it is used.</param>
/// <param name="KeepMountPoint">Leave the directory, which others may be using in other namespaces.</param>
public sealed record UnmountOptions(TimeSpan Wait, bool Lazy, bool KeepMountPoint = false)
{
    /// <summary>Leave what was changed beside the archive.</summary>
    public bool KeepsChanges { get; init; }

    /// <summary>How many threads may commit.</summary>
    public int Threads { get; init; } = 1;
}
