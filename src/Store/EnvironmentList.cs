using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store.Control;
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
    /// <summary>How many servers are asked at the same time.</summary>
    private const int AskedTogether = 100;

    /// <summary>The archives by name, then the mounts of other images.</summary>
    public IReadOnlyList<EnvironmentStatus> Read()
    {
        var mounts = LiveMounts.Read(layout).All().Select(mount => new AskedMount(mount)).ToList();
        mounts.Take(AskedTogether).ToList().ForEach(mount => mount.Ask());
        var paths = new CanonicalPaths();
        var result = new List<EnvironmentStatus>();
        var archives = catalog.List();
        var listed = new HashSet<string>(StringComparer.Ordinal);
        var names = archives.CountBy(archive => archive.Name).ToDictionary();
        foreach (var archive in archives)
        {
            var canonical = paths.Resolve(archive.Path);
            listed.Add(canonical);
            var mount = Take(mounts, canonical, layout.MountPoint(archive.Name));
            var status = Describe(archive.Name.Value, archive.Path, canonical, archive.Format.Name(), mount);
            result.Add(
                names[archive.Name] == 1
                    ? status
                    : status with
                    {
                        Problem = status.Problem ?? "another archive has the same name",
                        Remedy = status.Remedy ?? "move one of them to another directory",
                    });
        }

        foreach (var mount in mounts)
        {
            var archive = mount.Live.Archive;
            result.Add(Describe(Path.GetFileNameWithoutExtension(archive), archive, archive, FormatOf(archive), mount) with
            {
                IsOutside = !listed.Contains(archive),
            });
        }

        return result;
    }

    /// <summary>Removes the mount of an archive from the list; of several, the one at the default mount point.</summary>
    private static AskedMount? Take(List<AskedMount> mounts, string archive, string usual)
    {
        var index = mounts.FindIndex(mount => mount.Live.Archive == archive);
        if (index < 0)
        {
            return null;
        }

        if (mounts.FindIndex(index + 1, mount => mount.Live.Archive == archive) >= 0)
        {
            var home = CanonicalPath.Resolve(usual);
            index = Math.Max(index, mounts.FindIndex(mount => mount.Live.Archive == archive && mount.Live.Entry.MountPoint == home));
        }

        var taken = mounts[index];
        mounts.RemoveAt(index);
        return taken;
    }

    private static string? FormatOf(string path) =>
        ArchiveFormats.All.Where(format => path.EndsWith(format.Extension(), StringComparison.Ordinal))
            .Select(format => format.Name())
            .FirstOrDefault();

    private EnvironmentStatus Describe(string name, string path, string canonical, string? format, AskedMount? asked)
    {
        var file = new FileInfo(canonical);
        var (pending, generation) = asked?.Answer() ?? default;
        var mount = asked?.Live;
        if (!file.Exists)
        {
            var missing = ArchiveProblem.Missing(path);
            return new EnvironmentStatus(name, path, format, null, null, missing.Text, mount, mount is { IsDead: false } ? pending
                : PendingBeside(path, canonical), generation)
            {
                CanonicalArchive = canonical,
                Remedy = missing.Remedy,
            };
        }

        var (summary, problem) = Summarise(path);
        pending = mount is { IsDead: false } ? pending : summary is null ? null : PendingBeside(path, canonical);
        var shown = generation is { } number && summary?.Generation is { } newest && number != newest ? EntryOf(path, number) : null;
        return new EnvironmentStatus(
            name,
            path,
            format,
            summary?.FileBytes ?? file.Length,
            summary,
            mount is { IsDead: true } ? "its server is not running" : problem?.Text,
            mount,
            pending,
            generation,
            shown)
        {
            CanonicalArchive = canonical,
            Remedy = problem?.Remedy,
            LastEnvironment = summary is { Generation: > 1 } ? LastEnvironment(path) : null, // the first generation has no earlier one
        };
    }

    /// <summary>Without a server, the journal is counted.</summary>
    private PendingAmount? PendingBeside(string path, string canonical)
    {
        try
        {
            return LayerLocation.MayBe(layout, canonical)
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

    /// <summary>A mount, and the question to its server.</summary>
    private sealed class AskedMount(LiveMount live)
    {
        private Func<MountStatus?>? _status;

        public LiveMount Live { get; } = live;

        /// <summary>The server of an earlier generation accepts no changes, and its record says which generation it shows.</summary>
        private long? EarlierGeneration => Live.Record?.Generation;

        /// <summary>Sends the question; the server answers while others are asked.</summary>
        public void Ask() => _status ??= Live.IsDead || EarlierGeneration is not null ? () => null : Live.Control?.AskStatus() ?? (() => null);

        /// <summary>The uncommitted changes and the generation; null if the server cannot be asked. To be called once.</summary>
        public (PendingAmount? Pending, long? Generation) Answer()
        {
            if (!Live.IsDead && EarlierGeneration is { } earlier)
            {
                return (new PendingAmount(0, 0), earlier);
            }

            Ask();
            return _status!() is { } status ? (new PendingAmount(status.PendingChanges, status.PendingBytes), status.Generation) : default;
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
    /// <summary>Canonical path of the archive.</summary>
    public required string CanonicalArchive { get; init; }

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
