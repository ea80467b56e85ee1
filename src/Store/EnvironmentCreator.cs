using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Platform;
using CondaFuse.Store.Creating;

namespace CondaFuse.Store;

/// <summary>
/// Makes an environment where it will be mounted, on the plain file system, then seals it into an archive. At every
/// moment what conda made is whole in one place: the prefix, the archive, or both.
/// </summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="catalog">The archives.</param>
public sealed class EnvironmentCreator(Layout layout, ArchiveCatalog catalog)
{
    /// <summary>Claims a name for a creation, until disposed.</summary>
    /// <param name="name">The name.</param>
    /// <param name="evenIfArchived">Whether an archive may have the name, as when only remains are to be removed.</param>
    /// <exception cref="StoreException">An archive has the name, or another process is creating it.</exception>
    public FileLock Claim(EnvironmentName name, bool evenIfArchived = false)
    {
        if (!evenIfArchived && catalog.Find(name) is { } archive)
        {
            throw new StoreException(
                StoreFault.AlreadyExists,
                $"'{name}' exists: {archive.Path}") { Hint = "choose another name; to delete an environment, delete its "
                    + "archive", Path = archive.Path };
        }

        var changes = Layout.ChangesFolder(layout.ArchivePath(name, ArchiveFormat.SquashFs));
        if (!evenIfArchived && Directory.Exists(changes))
        {
            throw new StoreException(
                StoreFault.AlreadyExists,
                $"{changes} holds uncommitted changes of a deleted environment '{name}'") { Hint = "condafuse doctor shows what you can "
                    + "do", Path = changes };
        }

        Directory.CreateDirectory(layout.ArchiveDirectory);
        Directory.CreateDirectory(layout.MountRoot);
        var mountPoint = CanonicalPath.Resolve(layout.MountPoint(name));
        var mounts = LiveMounts.Read(layout);
        var isCreation = mounts.At(mountPoint) is { } mount && mount.Archive == CanonicalPath.Resolve(layout.CreatingImage(name));
        return mounts.IsMountPoint(mountPoint) && !isCreation
            ? throw new StoreException(
                StoreFault.AlreadyExists,
                $"{mountPoint} is mounted") { Hint = $"conda-fuse-unmount {name}", Path = mountPoint }
            : layout.TryLockMountPoint(mountPoint)
                ?? throw new StoreException(StoreFault.Busy, $"another condafuse is creating or mounting '{name}'");
    }

    /// <summary>What is at the prefix of an environment that has no archive.</summary>
    public CreationState Inspect(EnvironmentName name)
    {
        var mountPoint = layout.MountPoint(name);
        if (File.Exists(Path.Combine(layout.Prefix(name), "conda-meta", "history")))
        {
            return CreationState.Environment;
        }

        return Directory.Exists(mountPoint) && Directory.EnumerateFiles(mountPoint, "*", SearchOption.AllDirectories).Any()
            ? CreationState.Files
            : CreationState.Nothing;
    }

    /// <summary>Removes what is at the prefix.</summary>
    public void Drop(EnvironmentName name)
    {
        if (Directory.Exists(layout.MountPoint(name)))
        {
            Directory.Delete(layout.MountPoint(name), recursive: true);
        }
    }

    /// <summary>Packs the prefix into the archive, then moves the tree out of the mount point.</summary>
    /// <returns>What was packed.</returns>
    public PackResult Seal(
        EnvironmentName name, ArchiveFormat format, PackOptions options, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        PackResult result;
        using (var tree = DiskTree.Open(layout.Prefix(name)))
        {
            result = ImageWriter.Write(
                tree, layout.ArchivePath(name, format), format == ArchiveFormat.Zip, options with { ArcRoot = name.Value }, progress, cancellation);
            result = result with { Warnings = [.. result.Warnings, .. ExternalLinks.Warn(tree, layout.Prefix(name))] };
        }

        RemoveSealedTree(name);
        Directory.Move(layout.MountPoint(name), layout.SealedTree(name));
        return result;
    }

    /// <summary>Removes a sealed environment's original tree, if it is there.</summary>
    public void RemoveSealedTree(EnvironmentName name)
    {
        if (Directory.Exists(layout.SealedTree(name)))
        {
            Directory.Delete(layout.SealedTree(name), recursive: true);
        }
    }
}

/// <summary>What a creation left at a prefix.</summary>
public enum CreationState
{
    /// <summary>Nothing, or empty directories.</summary>
    Nothing,

    /// <summary>Files, but not (yet) an environment.</summary>
    Files,

    /// <summary>An environment: it has a <c>conda-meta/history</c>.</summary>
    Environment,
}
