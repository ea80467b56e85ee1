using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store.Control;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>All environments and all mounts. Reads a few blocks of each archive and never walks a mount.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="catalog">The archives.</param>
/// <param name="clock">For reading changes.</param>
public sealed class EnvironmentList(Layout layout, ArchiveCatalog catalog, TimeProvider clock)
{
    /// <summary>The archives, by name, then mounts of anything else.</summary>
    public IReadOnlyList<EnvironmentStatus> Read()
    {
        var mounts = LiveMounts.Read(layout).All().ToList();
        var result = new List<EnvironmentStatus>();
        foreach (var archive in catalog.List())
        {
            var canonical = CanonicalPath.Resolve(archive.Path);
            var home = CanonicalPath.Resolve(layout.MountPoint(archive.Name));
            var mount = mounts.Where(mount => mount.Archive == canonical).OrderBy(mount => mount.Entry.MountPoint != home).FirstOrDefault();
            mounts.RemoveAll(other => other == mount);
            result.Add(Describe(archive.Name.Value, archive.Path, archive.Format.Name(), mount));
        }

        result.AddRange(mounts.Select(mount => Describe(Path.GetFileNameWithoutExtension(mount.Archive), mount.Archive, FormatOf(mount.Archive), mount)));
        return result;
    }

    private static string? FormatOf(string path) =>
        ArchiveFormats.All.Where(format => path.EndsWith(format.Extension(), StringComparison.Ordinal)).Select(format => format.Name()).FirstOrDefault();

    private EnvironmentStatus Describe(string name, string path, string? format, LiveMount? mount)
    {
        var file = new FileInfo(path);
        var (pending, generation) = OfMount(mount);
        if (!file.Exists)
        {
            return new EnvironmentStatus(name, path, format, null, null, "its archive is gone", mount, mount is { IsDead: false } ? pending : PendingBeside(path), generation);
        }

        var (summary, problem) = Summarise(path);
        pending = mount is { IsDead: false } ? pending : summary is null ? null : PendingBeside(path);
        return new EnvironmentStatus(name, path, format, file.Length, summary, mount is { IsDead: true } ? "its server is dead" : problem, mount, pending, generation);
    }

    /// <summary>What the server of a mount knows. That of an earlier generation takes no changes, and wrote down what it shows.</summary>
    private (PendingAmount? Pending, long? Generation) OfMount(LiveMount? mount)
    {
        if (mount is not { IsDead: false })
        {
            return default;
        }

        if (mount.Record is { Generation: { } generation })
        {
            return (new PendingAmount(0, 0), generation);
        }

        return new ControlClient(layout.ControlSocket(mount.Entry.MountPoint)).TryGetStatus() is { } status
            ? (new PendingAmount(status.PendingChanges, status.PendingBytes), status.Generation)
            : default;
    }

    /// <summary>Where there is no server, the journal is counted.</summary>
    private PendingAmount? PendingBeside(string path)
    {

        try
        {
            return ChangePlace.MayBe(layout, CanonicalPath.Resolve(path)) ? KeptChanges.Count(ArchiveState.Read(layout, path), clock) : new PendingAmount(0, 0);
        }
        catch (Exception failure) when (failure is TreeException or StoreException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static (ImageSummary? Summary, string? Problem) Summarise(string path)
    {
        try
        {
            return (ImageSummary.Read(path), null);
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            return (null, failure.Message);
        }
    }
}
