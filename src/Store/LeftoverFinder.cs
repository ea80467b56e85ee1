using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Control;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store;

/// <summary>Finds leftovers.</summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="catalog">The archives.</param>
/// <param name="mounter">Clears dead mounts.</param>
/// <param name="self">This process's identity: environments that another process writes are not cleaned.</param>
/// <param name="clock">The clock.</param>
public sealed class LeftoverFinder(Layout layout, ArchiveCatalog catalog, FuseMounter mounter, WriterIdentity self, TimeProvider clock)
{
    /// <summary>All leftovers.</summary>
    public IEnumerable<Leftover> Find() =>
        [
            .. DeadMounts(),
            .. Detached(),
            .. OrphanedMounts(),
            .. InMountRoot(),
            .. Creations(),
            .. Partial(),
            .. Registrations(),
            .. Links(),
            .. Records(),
            .. new ChangeLeftovers(layout, catalog, self, clock).Find(),
        ];

    private IEnumerable<Leftover> DeadMounts() =>
        LiveMounts.Read(layout).All().Where(mount => mount.IsDead).Select(mount => new Leftover(
            "mount without a running server", mount.Entry.MountPoint, $"condafuse unmount {ShellArgument.Of(mount.Entry.MountPoint)}",
            () => Clear(mount)) { IsProblem = true });

    /// <summary>
    /// Servers in this mount namespace whose mount was detached lazily, and which serve processes that still use it. Of other namespaces, this user
    /// may not see the mounts.
    /// </summary>
    private IEnumerable<Leftover> Detached() =>
        from mount in LiveMounts.Read(layout).Elsewhere()
        let server = mount.Server
        where server is not null && OtherNamespaces.IsOwn(server.Value.Id) && OtherNamespaces.Showing(mount.Entry.Device).Count == 0
        select new Leftover(
            "detached mount that processes still use", $"{mount.Archive}, served by process {server.Value.Id}",
            $"it ends with these processes; to end it now and keep the changes uncommitted: kill {server.Value.Id}", null);

    private void Clear(LiveMount mount)
    {
        mounter.Unmount(mount.Entry.MountPoint, lazy: true);
        layout.RuntimeOf(mount.Entry.FuseUser).ForgetServer(mount.Entry.Device);
    }

    private IEnumerable<Leftover> OrphanedMounts() =>
        LiveMounts.Read(layout).All().Where(mount => !mount.IsDead && !File.Exists(mount.Archive)).Select(mount => new Leftover(
            "mount whose archive was deleted", mount.Entry.MountPoint, $"condafuse unmount {ShellArgument.Of(mount.Entry.MountPoint)}", null));

    private IEnumerable<Leftover> InMountRoot()
    {
        if (!Directory.Exists(layout.MountRoot))
        {
            yield break;
        }

        var mounts = LiveMounts.Read(layout);
        foreach (var directory in Directory.EnumerateDirectories(layout.MountRoot))
        {
            var name = Path.GetFileName(directory);
            if (name.StartsWith(Layout.JobFolderPrefix, StringComparison.Ordinal))
            {
                continue; // a job step, maybe on another node, has its mount points there
            }

            if (name.StartsWith(Layout.SealedPrefix, StringComparison.Ordinal))
            {
                yield return new Leftover(
                    "files of an environment that is in its archive", directory, null, () => Directory.Delete(directory, recursive: true));
            }
            else if (!mounts.IsMountPoint(CanonicalPath.Resolve(directory)) && !OtherNamespaces.Hold(CanonicalPath.Resolve(directory)))
            {
                yield return Directory.EnumerateFileSystemEntries(directory).Any()
                    ? new Leftover("interrupted creation", directory, Continuing(ShellArgument.Of(name)), null)
                    : new Leftover("empty mount point", directory, null, () => Directory.Delete(directory));
            }
        }
    }

    /// <summary>Creations in a mount that were neither sealed nor dropped, or not completely removed afterwards.</summary>
    private IEnumerable<Leftover> Creations()
    {
        foreach (var image in layout.OwnArchiveFolders.SelectMany(CreatingImages).Distinct(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(image)[Layout.CreatingPrefix.Length..];
            if (EnvironmentName.IsValid(name) && !LiveMounts.Read(layout).All().Any(mount => mount.Archive == CanonicalPath.Resolve(image)))
            {
                var isThere = File.Exists(image);
                yield return isThere && catalog.Find(EnvironmentName.Parse(name)) is null
                    ? new Leftover("interrupted creation", image, Continuing(ShellArgument.Of(name)), null)
                    : new Leftover(
                        "remains of a finished creation", isThere ? image : Layout.ChangesFolder(image), null, () => Remove(image));
            }
        }
    }

    /// <summary>The images of creations in a folder. The image of remaining changes may be gone: it is removed first.</summary>
    private static IEnumerable<string> CreatingImages(string folder) =>
        Directory.EnumerateFiles(folder, $"{Layout.CreatingPrefix}*{ArchiveFormat.SquashFs.Extension()}")
            .Concat(Directory.EnumerateDirectories(folder, $"{Layout.CreatingPrefix}*{Layout.ChangesExtension}").Where(WriterFiles.IsOurs)
                .Select(changes => Path.ChangeExtension(changes, ArchiveFormat.SquashFs.Extension())));

    private IEnumerable<Leftover> Partial() =>
        layout.OwnArchiveFolders.SelectMany(folder => PartialFiles.Abandoned(folder)).Select(file => new Leftover(
        "unfinished file of a killed process", file, null, () => File.Delete(file)));

    private static void Remove(string image)
    {
        File.Delete(image);
        new WriterFiles(Layout.ChangesFolder(image)).RemoveFolder(isClaimed: false);
    }

    /// <summary>Registered prefixes below the mount root whose environment has no archive any more.</summary>
    private IEnumerable<Leftover> Registrations()
    {
        var registry = new EnvironmentRegistry(layout.RegistryFile);
        var root = layout.MountRoot + Path.DirectorySeparatorChar;
        var known = catalog.List().Select(archive => layout.MountPoint(archive.Name) + Path.DirectorySeparatorChar).ToList();
        return registry.Prefixes()
            .Where(prefix => prefix.StartsWith(root, StringComparison.Ordinal)
                && !known.Exists(mountPoint => (prefix + Path.DirectorySeparatorChar).StartsWith(mountPoint, StringComparison.Ordinal)))
            .Select(prefix => new Leftover("registration of a deleted environment", prefix, null, () => registry.Remove([prefix])));
    }

    private IEnumerable<Leftover> Links() =>
        new EnvironmentLinks(layout).Stale(name => catalog.Find(name) is not null)
            .Select(path => new Leftover("link to a deleted environment", path, null, () => File.Delete(path)));

    private static string Continuing(string name) => $"condafuse create --resume {name}, or condafuse create --drop {name}";

    /// <summary>Whether a server has ended. A record that this version does not understand says nothing: then its socket is tried.</summary>
    private static bool HasEnded(PrivateFolder folder, string device) =>
        ServerRecord.TryRead(folder, device) is { } record
            ? record.IsRunning == false
            : !ControlClient.In(folder, RuntimeFolder.ControlName(device), Identity.UserId).IsThere();

    /// <summary>Records of servers that were killed, and folders of private runs whose program was killed.</summary>
    private IEnumerable<Leftover> Records()
    {
        foreach (var folder in layout.Runtime.Existing)
        {
            foreach (var name in folder.List())
            {
                if (RuntimeFolder.DeviceOf(name) is { } device && HasEnded(folder, device))
                {
                    yield return new Leftover("record of a server that has ended", folder.Of(name), null, () => layout.Runtime.ForgetServer(device));
                }
                else if (name.StartsWith(RuntimeFolder.PrivateRunPrefix, StringComparison.Ordinal) && FileLock.IsFree(folder, name))
                {
                    yield return new Leftover("directory of a killed 'run'", folder.Of(name), null, () => folder.RemoveFolder(name));
                }
            }
        }
    }
}

/// <summary>Something that a killed process, or an archive deleted by hand, left behind.</summary>
/// <param name="Kind">A short description.</param>
/// <param name="Subject">The path that it is about.</param>
/// <param name="Advice">What to do about it by hand; null if cleaning is enough.</param>
/// <param name="Clean">Cleans it; null if only the user can decide.</param>
public sealed record Leftover(string Kind, string Subject, string? Advice, Action? Clean)
{
    /// <summary>A question that the user must confirm before it is cleaned; null if there is none.</summary>
    public string? Question { get; init; }

    /// <summary>Whether something does not work because of it.</summary>
    public bool IsProblem { get; init; }

    /// <summary>Whether cleaning removes uncommitted work.</summary>
    public bool Discards { get; init; }
}
