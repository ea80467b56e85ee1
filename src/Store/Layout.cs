using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>The paths of all files and folders. Only this type knows their names.</summary>
/// <param name="Home">The user's home directory.</param>
/// <param name="ArchiveDirectory">The folder of the archives, one file per environment.</param>
/// <param name="MountRoot">The folder of the mount points, one directory per environment.</param>
/// <param name="Runtime">The folder of locks, server records, control sockets and logs.</param>
public sealed record Layout(string Home, string ArchiveDirectory, string MountRoot, RuntimeFolder Runtime)
{
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
    public string ArchivePath(EnvironmentName name, ArchiveFormat format) => Path.Combine(ArchiveDirectory, name.Value + format.Extension());

    /// <summary>The mount point of an environment, as the user writes it.</summary>
    public string MountPoint(EnvironmentName name) => Path.Combine(MountRoot, name.Value);

    /// <summary>The default mount point of an archive.</summary>
    internal string MountPointOf(string archive) => Path.Combine(MountRoot, Path.GetFileNameWithoutExtension(archive));

    /// <summary>The prefix for creating a new environment: below its mount point, so that its paths stay valid when it is mounted.</summary>
    public string Prefix(EnvironmentName name) => Path.Combine(MountPoint(name), name.Value);

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

    /// <summary>The path of the servers' log at a mount point, for messages.</summary>
    public string LogPath(string canonicalMountPoint) => Runtime.Chosen.Of(RuntimeFolder.LogName(canonicalMountPoint));

    /// <summary>Opens that log for appending.</summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle OpenLog(string canonicalMountPoint) =>
        Runtime.Chosen.OpenToAppend(RuntimeFolder.LogName(canonicalMountPoint));
}
