using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Retention;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>All environments and all mounts. Reads a few blocks of each archive and never walks a mount.</summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="catalog">The archives.</param>
/// <param name="clock">The clock, for reading changes.</param>
public sealed class EnvironmentList(Layout layout, ArchiveCatalog catalog, TimeProvider clock)
{
    /// <summary>The archives by name, then the mounts of other images.</summary>
    public IReadOnlyList<EnvironmentStatus> Read()
    {
        var mounts = LiveMounts.Read(layout).All().ToList();
        var result = new List<EnvironmentStatus>();
        var archives = catalog.List();
        var listed = archives.Select(archive => CanonicalPath.Resolve(archive.Path)).ToHashSet(StringComparer.Ordinal);
        var names = archives.CountBy(archive => archive.Name).ToDictionary();
        foreach (var archive in archives)
        {
            var canonical = CanonicalPath.Resolve(archive.Path);
            var home = CanonicalPath.Resolve(layout.MountPoint(archive.Name));
            var mount = mounts.Where(mount => mount.Archive == canonical).OrderBy(mount => mount.Entry.MountPoint != home).FirstOrDefault();
            mounts.RemoveAll(other => other == mount);
            var status = Describe(archive.Name.Value, archive.Path, archive.Format.Name(), mount);
            result.Add(
                names[archive.Name] == 1
                    ? status
                    : status with
                    {
                        Problem = status.Problem ?? "another archive has the same name",
                        Remedy = status.Remedy ?? "move one of them to another directory",
                    });
        }

        result.AddRange(
            mounts.Select(mount => Describe(Path.GetFileNameWithoutExtension(mount.Archive), mount.Archive, FormatOf(mount.Archive), mount) with
            {
                IsOutside = !listed.Contains(mount.Archive),
            }));
        return result;
    }

    private static string? FormatOf(string path) =>
        ArchiveFormats.All.Where(format => path.EndsWith(format.Extension(), StringComparison.Ordinal))
            .Select(format => format.Name())
            .FirstOrDefault();

    private EnvironmentStatus Describe(string name, string path, string? format, LiveMount? mount)
    {
        var file = new FileInfo(CanonicalPath.Resolve(path));
        var (pending, generation) = OfMount(mount);
        if (!file.Exists)
        {
            var missing = ArchiveProblem.Missing(path);
            return new EnvironmentStatus(name, path, format, null, null, missing.Text, mount, mount is { IsDead: false } ? pending 
                : PendingBeside(path), generation)
            {
                Remedy = missing.Remedy,
            };
        }

        var (summary, problem) = Summarise(path);
        pending = mount is { IsDead: false } ? pending : summary is null ? null : PendingBeside(path);
        var shown = generation is { } number && summary?.Generation is { } newest && number != newest ? EntryOf(path, number) : null;
        return new EnvironmentStatus(
            name,
            path,
            format,
            file.Length,
            summary,
            mount is { IsDead: true } ? "its server is not running" : problem?.Text,
            mount,
            pending,
            generation,
            shown)
        {
            Remedy = problem?.Remedy,
            LastEnvironment = summary is { Generation: > 1 } ? LastEnvironment(path) : null, // the first generation has no earlier one
        };
    }

    /// <summary>
    /// The information from a mount's server. The server of an earlier generation accepts no changes, and its record says which generation it shows.
    /// </summary>
    private static (PendingAmount? Pending, long? Generation) OfMount(LiveMount? mount)
    {
        if (mount is not { IsDead: false })
        {
            return default;
        }

        if (mount.Record is { Generation: { } generation })
        {
            return (new PendingAmount(0, 0), generation);
        }

        return mount.Control?.TryGetStatus() is { } status
            ? (new PendingAmount(status.PendingChanges, status.PendingBytes), status.Generation)
            : default;
    }

    /// <summary>Without a server, the journal is counted.</summary>
    private PendingAmount? PendingBeside(string path)
    {

        try
        {
            return LayerLocation.MayBe(layout, CanonicalPath.Resolve(path))
                ? KeptChanges.Count(ArchiveState.Read(layout, path), clock)
                : new PendingAmount(0, 0);
        }
        catch (Exception failure) when (failure is TreeException or StoreException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The newest generation with an environment, if the newest generation of all has none.</summary>
    private static long? LastEnvironment(string path)
    {
        try
        {
            return EnvironmentMark.FindLastBeforeEmptied(path);
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The history's entry of a generation; null if it is not there any more, or cannot be read.</summary>
    private static GenerationEntry? EntryOf(string path, long generation)
    {
        try
        {
            return ImageHistory.Read(path).FirstOrDefault(entry => entry.Number == generation);
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static (ImageSummary? Summary, ArchiveProblem? Problem) Summarise(string path)
    {
        try
        {
            var summary = ImageSummary.Read(path);
            var problem = summary.Unreadable is { } reason
                ? new ArchiveProblem($"{path}: {reason}", "use a build of condafuse with this codec")
                : null;
            return (summary, problem);
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            return (null, ArchiveProblem.Of(path, failure));
        }
    }
}

/// <summary>The status of one environment.</summary>
/// <param name="Name">Its name; the file name for an image that was mounted from elsewhere.</param>
/// <param name="Archive">Path of the archive.</param>
/// <param name="Format">The format's name.</param>
/// <param name="Bytes">Size of the archive; null if the file is gone.</param>
/// <param name="Summary">The image's own summary; null if it cannot be read.</param>
/// <param name="Problem">A problem: the image cannot be read, its mount is dead, or another archive has its name. Null if there is none.</param>
/// <param name="Mount">Its mount, if any.</param>
/// <param name="Pending">The uncommitted changes; null if unknown.</param>
/// <param name="MountedGeneration">The mounted generation; null if it is not mounted, or the generation is unknown.</param>
/// <param name="Shown">The history's entry of that generation, if it is not the newest.</param>
public sealed record EnvironmentStatus(
    string Name, string Archive, string? Format, long? Bytes, ImageSummary? Summary, string? Problem, LiveMount? Mount, PendingAmount? Pending,
    long? MountedGeneration,
    GenerationEntry? Shown = null)
{
    /// <summary>What to do about the problem; null if there is none.</summary>
    public string? Remedy { get; init; }

    /// <summary>Whether the archive is in none of the archive directories, and listed only because it is mounted.</summary>
    public bool IsOutside { get; init; }

    /// <summary>The newest generation with an environment, if the archive's newest generation has none; otherwise null.</summary>
    public long? LastEnvironment { get; init; }

    /// <summary>Number of entries in the shown generation (the mounted one, or the newest); null if unknown.</summary>
    public long? Files => Shown is null ? Summary?.Inodes : Shown.Counts?.Total;

    /// <summary>Total length of all files in the shown generation; null if unknown.</summary>
    public long? UncompressedBytes => Shown is null ? Summary?.UncompressedBytes : Shown.ContentBytes;
}

/// <summary>The amount of uncommitted changes.</summary>
/// <param name="Changes">Number of operations.</param>
/// <param name="Bytes">Their size in bytes.</param>
public sealed record PendingAmount(long Changes, long Bytes);
