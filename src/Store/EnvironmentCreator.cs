using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Packing;
using CondaFuse.Packing.FirstUse;
using CondaFuse.Platform;
using CondaFuse.Store.Creating;

namespace CondaFuse.Store;

/// <summary>
/// Creates an environment on the plain file system at its future mount point, then seals it into an archive. At every moment, conda's work is
/// complete in the prefix, in the archive, or in both.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="catalog">The archives.</param>
public sealed class EnvironmentCreator(Layout layout, ArchiveCatalog catalog)
{
    /// <summary>Claims a name for a creation, until disposed.</summary>
    /// <param name="name">The name.</param>
    /// <param name="evenIfArchived">Whether the name may belong to an archive, for example when only leftovers are to be removed.</param>
    /// <exception cref="StoreException">There is an archive of that name, or another process is creating it.</exception>
    public FileLock Claim(EnvironmentName name, bool evenIfArchived = false)
    {
        if (!evenIfArchived && catalog.Find(name) is { } archive)
        {
            throw new StoreException(
                StoreFault.AlreadyExists,
                $"'{name}' exists: {archive.Path}")
            {
                Hint = $"choose another name, or delete it with: condafuse remove {ShellArgument.Of(name)}", Path = archive.Path,
            };
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
                $"{mountPoint} is mounted") { Hint = $"conda-fuse-unmount {ShellArgument.Of(name)}", Path = mountPoint }
            : layout.TryLockMountPoint(mountPoint)
                ?? throw new StoreException(StoreFault.Busy, $"another condafuse is creating or mounting '{name}'");
    }

    /// <summary>The state of the prefix of an environment without archive.</summary>
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

    /// <summary>Removes everything at the prefix.</summary>
    public void Drop(EnvironmentName name)
    {
        if (Directory.Exists(layout.MountPoint(name)))
        {
            Directory.Delete(layout.MountPoint(name), recursive: true);
        }
    }

    /// <summary>Packs the prefix into the archive, then moves the tree out of the mount point.</summary>
    /// <returns>The result of packing.</returns>
    public PackResult Seal(
        EnvironmentName name, ArchiveFormat format, PackOptions options, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        PackResult result;
        using (var tree = DiskTree.Open(layout.Prefix(name)))
        {
            options = options with
            {
                ArcRoot = name.Value, PrefixTable = PrefixDiscovery.TableOf(tree, "", name.Value, layout.Prefix(name)),
                FirstUses = FirstUseRule.Of(tree, top: ""),
            };
            result = ImageWriter.Write(
                tree, layout.ArchivePath(name, format), format == ArchiveFormat.Zip, options, progress, cancellation);
            result = result with { Warnings = [.. result.Warnings, .. ExternalLinks.Warn(tree, layout.Prefix(name))] };
        }

        RemoveSealedTree(name);
        Directory.Move(layout.MountPoint(name), layout.SealedTree(name));
        return result;
    }

    /// <summary>Removes a sealed environment's original tree, if it exists.</summary>
    public void RemoveSealedTree(EnvironmentName name)
    {
        if (Directory.Exists(layout.SealedTree(name)))
        {
            Directory.Delete(layout.SealedTree(name), recursive: true);
        }
    }
}

/// <summary>The state that a creation left at a prefix.</summary>
public enum CreationState
{
    /// <summary>Nothing, or empty directories.</summary>
    Nothing,

    /// <summary>Files, but not (yet) an environment.</summary>
    Files,

    /// <summary>An environment: it has a <c>conda-meta/history</c>.</summary>
    Environment,
}
