using CondaFuse.Mounts;
using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Writing;

/// <summary>The kernel's locks, where they reach every host that mounts the file system.</summary>
public sealed class KernelLocks : IWriterLocks
{
    /// <summary>Options of NFS and Lustre by which locks are known to one host only: as good as none.</summary>
    private static readonly string[] LocalOnly = ["nolock", "local_lock=all", "local_lock=posix", "localflock"];

    /// <inheritdoc/>
    public LockAnswer TryTake(string path, SafeFileHandle file) =>
        MountTable.Read().Holding(CanonicalPath.Resolve(path)) is { } mount
        && mount.SuperOptions.Concat(mount.MountOptions).Intersect(LocalOnly, StringComparer.Ordinal).Any()
            ? LockAnswer.Unsupported
            : OpenFileLock.TryTake(file);

    /// <inheritdoc/>
    public bool IsHeld(SafeFileHandle file) => OpenFileLock.IsHeld(file);
}
