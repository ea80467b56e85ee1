using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>The paths of all files and folders. Only this type knows their names.</summary>
/// <param name="Home">The user's home directory.</param>
/// <param name="ArchiveDirectory">The folder of new archives, one file per environment.</param>
/// <param name="MountRoot">The folder of the mount points, one directory per environment.</param>
/// <param name="Runtime">The folder of locks, server records, control sockets and logs.</param>
public sealed record Layout(string Home, string ArchiveDirectory, string MountRoot, RuntimeFolder Runtime)
{
    /// <summary>The folders of archives in the order of search, if there are several: the first one that has an environment counts.</summary>
    public IReadOnlyList<string>? ArchiveSearch { get; init; }

    /// <summary>All folders of archives.</summary>
    public IReadOnlyList<string> ArchiveFolders => ArchiveSearch ?? [ArchiveDirectory];

    /// <summary>All folders of archives, as a variable holds them.</summary>
    public string ArchiveSearchText => string.Join(Path.PathSeparator, ArchiveFolders);

    /// <summary>The existing folders of archives in which this user can remove leftovers.</summary>
    internal IEnumerable<string> OwnArchiveFolders =>
        ArchiveFolders.Where(folder => Directory.Exists(folder) && (ArchiveSearch is null || Writability.IsAllowed(folder)));

    /// <summary>
    /// The folders that a variable names, as PATH does, and the one for new archives: the first that this user can write, or make. Where there is
    /// none, the first of all, so that a message names it.
    /// </summary>
    /// <param name="text">The variable's value; null or empty for the default.</param>
    /// <param name="usual">The default folder.</param>
    public static (string New, IReadOnlyList<string>? Search) ArchiveFoldersOf(string? text, string usual)
    {
        List<string> folders = [.. (text ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];
        return folders.Count switch
        {
            0 => (Path.GetFullPath(usual), null),
            1 => (folders[0], null),
            _ => (folders.Find(TakesFiles) ?? folders[0], folders),
        };
    }

    private static bool TakesFiles(string folder)
    {
        var existing = folder;
        while (!Path.Exists(existing) && Path.GetDirectoryName(existing) is { } above)
        {
            existing = above;
        }

        return Directory.Exists(existing) && Writability.IsAllowed(existing);
    }

    /// <summary>The folder of persistent data of this user: personal layers.</summary>
    public string StateDirectory { get; init; } = Path.Combine(Home, ".local", "state", "condafuse");

    /// <summary>The folder of data that can be created again: lists of first uses, prefix lists.</summary>
    public string CacheDirectory { get; init; } = Path.Combine(Home, ".cache", "condafuse");

    /// <summary>The list of an archive's first uses.</summary>
    public string FirstUseFile(Guid identity) => Path.Combine(CacheDirectory, "first-use", identity.ToString("N"));

    /// <summary>The list of the parts of the archive's own file that are read for them.</summary>
    public string StoredUseFile(Guid identity) => FirstUseFile(identity) + ".archive";

    /// <summary>The list of the files that contain the prefix in one generation of an archive, with that prefix.</summary>
    public string PrefixListFile(Images.GenerationInfo version) => Path.Combine(
        CacheDirectory, PrefixLists, $"{version.Identity:N}-{version.Generation}-{version.MergedSegment ?? Guid.Empty:N}-{version.Stamp:x8}");

    internal const string PrefixLists = "prefixes";

    /// <summary>The file that names the folder in which links to environments are kept; it does not exist if none are.</summary>
    public string LinksFile => Path.Combine(StateDirectory, "links");

    /// <summary>The folder of personal layers, one folder each.</summary>
    public string LayerDirectory => Path.Combine(StateDirectory, "layers");

    /// <summary>The extension of change folders.</summary>
    public const string ChangesExtension = ".changes";

    /// <summary>The folder with an image's changes, beside the image.</summary>
    public static string ChangesFolder(string image) =>
        Path.Combine(Path.GetDirectoryName(image)!, Path.GetFileNameWithoutExtension(image) + ChangesExtension);

    /// <summary>The folder with this user's own changes of an image that this user cannot write.</summary>
    public string LayerFolder(string image, Guid identity) =>
        Path.Combine(LayerDirectory, $"{Path.GetFileNameWithoutExtension(image)}-{identity.ToString("N")[..LayerDigits]}");

    private const int LayerDigits = 16;

    /// <summary>conda's list of prefixes outside its own directory.</summary>
    public string RegistryFile => Path.Combine(Home, ".conda", "environments.txt");

    /// <summary>The path of an environment's archive, whether it exists or not.</summary>
    public string ArchivePath(EnvironmentName name, ArchiveFormat format) => ArchivePath(ArchiveDirectory, name, format);

    internal static string ArchivePath(string folder, EnvironmentName name, ArchiveFormat format) =>
        Path.Combine(folder, name.Value + format.Extension());

    /// <summary>The mount point of an environment, as the user writes it.</summary>
    public string MountPoint(EnvironmentName name) => Path.Combine(MountRoot, name.Value);

    /// <summary>The default mount point of an archive.</summary>
    internal string MountPointOf(string archive) => Path.Combine(MountRoot, Path.GetFileNameWithoutExtension(archive));

    /// <summary>The prefix for creating a new environment: below its mount point, so that its paths stay valid when it is mounted.</summary>
    public string Prefix(EnvironmentName name) => Path.Combine(MountPoint(name), name.Value);

    /// <summary>The beginning of the names of folders in the mount root with the mount points of a Slurm job step.</summary>
    public const string JobFolderPrefix = ".job-";

    /// <summary>Whether a mount point is one of a job step.</summary>
    public static bool IsOfJob(string mountPoint) =>
        Path.GetFileName(Path.GetDirectoryName(mountPoint) ?? string.Empty).StartsWith(JobFolderPrefix, StringComparison.Ordinal);

    /// <summary>Where a sealed environment's original tree waits for removal.</summary>
    public string SealedTree(EnvironmentName name) => Path.Combine(MountRoot, $"{SealedPrefix}{name.Value}");

    /// <summary>The empty image over which an environment is created in a mount; its changes are beside it.</summary>
    public string CreatingImage(EnvironmentName name) =>
        Path.Combine(ArchiveDirectory, $"{CreatingPrefix}{name.Value}{ArchiveFormat.SquashFs.Extension()}");

    /// <summary>The beginning of the names of such images.</summary>
    public const string CreatingPrefix = ".creating-";

    /// <summary>The beginning of the names of sealed trees.</summary>
    public const string SealedPrefix = ".sealed-";

    /// <summary>The runtime folder of another user on this node; used by root only.</summary>
    public Func<uint, RuntimeFolder>? RuntimeOfOthers { get; init; }

    /// <summary>Queries a mount itself, in bounded time.</summary>
    public Func<string, MountHealth>? Probe { get; init; }

    /// <summary>The runtime folder that servers of a user's mounts use.</summary>
    public RuntimeFolder RuntimeOf(uint? user) =>
        user is { } other && other != Identity.UserId && RuntimeOfOthers is { } find ? find(other) : Runtime;

    /// <summary>The lock for mounting and unmounting at a mount point; waits for it.</summary>
    public FileLock LockMountPoint(string canonicalMountPoint) =>
        FileLock.Take(Runtime.Chosen, RuntimeFolder.LockName(canonicalMountPoint), wait: true)!;

    /// <summary>The same; null if another process holds it.</summary>
    public FileLock? TryLockMountPoint(string canonicalMountPoint) =>
        FileLock.Take(Runtime.Chosen, RuntimeFolder.LockName(canonicalMountPoint), wait: false);

    /// <summary>
    /// Removes the files of a mount point where nothing is mounted any more: an empty log, and the lock. For the holder of the lock, immediately
    /// before releasing it: a process that waits for it then creates a new file (<see cref="FileLock.Take"/>).
    /// </summary>
    public void ForgetMountPoint(string canonicalMountPoint)
    {
        var folder = Runtime.Chosen;
        folder.RemoveEmpty(RuntimeFolder.LogName(canonicalMountPoint));
        folder.Remove(RuntimeFolder.LockName(canonicalMountPoint));
    }

    /// <summary>The path of the servers' log at a mount point, for messages.</summary>
    public string LogPath(string canonicalMountPoint) => Runtime.Chosen.Of(RuntimeFolder.LogName(canonicalMountPoint));

    /// <summary>Opens that log for appending.</summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle OpenLog(string canonicalMountPoint) =>
        Runtime.Chosen.OpenToAppend(RuntimeFolder.LogName(canonicalMountPoint));
}
