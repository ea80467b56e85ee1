using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Store.Managing;

/// <summary>Checks and helpers for archives that are renamed or removed: they must not be mounted.</summary>
internal static class UnusedArchive
{
    /// <summary>Reads the archive's state.</summary>
    /// <returns>Null if it is damaged, or is a broken symlink: it can still be removed.</returns>
    public static ArchiveState? TryRead(Layout layout, Archive archive)
    {
        try
        {
            return ArchiveState.Read(layout, archive.Path);
        }
        catch (Exception failure) when (failure is TreeException or IOException)
        {
            return null;
        }
    }

    /// <exception cref="StoreException"><see cref="StoreFault.Busy"/>.</exception>
    public static void DemandUnmounted(Layout layout, Archive archive, string image)
    {
        var mounts = LiveMounts.Read(layout);
        if (mounts.All().Concat(mounts.Elsewhere()).FirstOrDefault(mount => mount.Archive == image && !mount.IsDead) is { } mount)
        {
            throw new StoreException(
                StoreFault.Busy,
                $"'{archive.Name}' is mounted at {mount.Entry.MountPoint}; nothing was changed")
            {
                Hint = $"condafuse unmount {ShellArgument.Of(mount.Entry.MountPoint)}",
                Path = mount.Entry.MountPoint,
            };
        }
    }

    /// <summary>Removes an environment's prefixes from conda's list, its link, and its empty mount point.</summary>
    public static void Unregister(Layout layout, EnvironmentName name)
    {
        var mountPoint = layout.MountPoint(name);
        var registry = new EnvironmentRegistry(layout.RegistryFile);
        var link = new EnvironmentLinks(layout).Remove(name);
        var own = registry.Prefixes()
            .Where(line => line == mountPoint || line == link || line.StartsWith($"{mountPoint}/", StringComparison.Ordinal)).ToList();
        if (own.Count > 0)
        {
            registry.Remove(own);
        }

        if (Directory.Exists(mountPoint) && !Directory.EnumerateFileSystemEntries(mountPoint).Any())
        {
            Directory.Delete(mountPoint);
        }
    }
}
