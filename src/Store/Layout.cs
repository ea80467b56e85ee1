using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>Where everything lies. The one place that knows names of files and directories.</summary>
/// <param name="Home">The user's home directory.</param>
/// <param name="ArchiveDirectory">Holds the archives, one file an environment.</param>
/// <param name="MountRoot">Holds the mount points, one directory an environment.</param>
/// <param name="Runtime">Locks, records of running servers, control sockets, logs.</param>
public sealed record Layout(string Home, string ArchiveDirectory, string MountRoot, RuntimeFolder Runtime)
{
    /// <summary>Holds what is this user's alone and outlives a restart: personal layers.</summary>
    public string StateDirectory { get; init; } = Path.Combine(Home, ".local", "state", "condafuse");

    /// <summary>Holds what can be made again: lists of first uses, lists of prefixes.</summary>
    public string CacheDirectory { get; init; } = Path.Combine(Home, ".cache", "condafuse");

    /// <summary>The list of what is used first of an archive.</summary>
    public string FirstUseFile(Guid identity) => Path.Combine(CacheDirectory, "first-use", identity.ToString("N"));

    /// <summary>The list of which parts of the archive itself are read for that.</summary>
    public string StoredUseFile(Guid identity) => FirstUseFile(identity) + ".archive";

    /// <summary>The list of what contains the prefix in one generation of an archive, and which prefix that is.</summary>
    public string PrefixListFile(Images.GenerationInfo version) => Path.Combine(
        CacheDirectory, PrefixLists, $"{version.Identity:N}-{version.Generation}-{version.MergedSegment ?? Guid.Empty:N}-{version.Stamp:x8}");

    internal const string PrefixLists = "prefixes";

    /// <summary>Holds personal layers, one folder for each.</summary>
    public string LayerDirectory => Path.Combine(StateDirectory, "layers");

    /// <summary>What the names of folders of changes end with.</summary>
    public const string ChangesExtension = ".changes";

    /// <summary>The folder of the changes of an image, beside it.</summary>
    public static string ChangesFolder(string image) =>
        Path.Combine(Path.GetDirectoryName(image)!, Path.GetFileNameWithoutExtension(image) + ChangesExtension);

    /// <summary>The folder of this user's own changes of an image that this user cannot write.</summary>
    public string LayerFolder(string image, Guid identity) =>
        Path.Combine(LayerDirectory, $"{Path.GetFileNameWithoutExtension(image)}-{identity.ToString("N")[..LayerDigits]}");

    private const int LayerDigits = 16;

    /// <summary>conda's list of prefixes outside its own directory.</summary>
    public string RegistryFile => Path.Combine(Home, ".conda", "environments.txt");

    /// <summary>The archive that an environment has or would get.</summary>
    public string ArchivePath(EnvironmentName name, ArchiveFormat format) => Path.Combine(ArchiveDirectory, name.Value + format.Extension());

    /// <summary>Where an environment is mounted, as the user writes it.</summary>
    public string MountPoint(EnvironmentName name) => Path.Combine(MountRoot, name.Value);

    /// <summary>Where an archive is mounted unless another directory is named.</summary>
    internal string MountPointOf(string archive) => Path.Combine(MountRoot, Path.GetFileNameWithoutExtension(archive));

    /// <summary>Where a new environment is made: below its mount point, so that its paths stay true when mounted.</summary>
    public string Prefix(EnvironmentName name) => Path.Combine(MountPoint(name), name.Value);

    /// <summary>Where a sealed environment's original tree waits for its removal.</summary>
    public string SealedTree(EnvironmentName name) => Path.Combine(MountRoot, $"{SealedPrefix}{name.Value}");

    /// <summary>The image of nothing over which an environment is made in a mount; its changes lie beside it.</summary>
    public string CreatingImage(EnvironmentName name) =>
        Path.Combine(ArchiveDirectory, $"{CreatingPrefix}{name.Value}{ArchiveFormat.SquashFs.Extension()}");

    /// <summary>What the names of images of creations begin with.</summary>
    public const string CreatingPrefix = ".creating-";

    /// <summary>What names of sealed trees begin with.</summary>
    public const string SealedPrefix = ".sealed-";

    /// <summary>The runtime folder of another user on this node, as far as root needs it.</summary>
    public Func<uint, RuntimeFolder>? RuntimeOfOthers { get; init; }

    /// <summary>Asks a mount itself, in bounded time.</summary>
    public Func<string, MountHealth>? Probe { get; init; }

    /// <summary>The runtime folder that servers of a user's mounts use.</summary>
    public RuntimeFolder RuntimeOf(uint? user) =>
        user is { } other && other != Identity.UserId && RuntimeOfOthers is { } find ? find(other) : Runtime;

    /// <summary>The lock under which mounts at a mount point are made and undone; waits for it.</summary>
    public FileLock LockMountPoint(string canonicalMountPoint) =>
        FileLock.Take(Runtime.Chosen, RuntimeFolder.LockName(canonicalMountPoint), wait: true)!;

    /// <summary>The same; null if somebody holds it.</summary>
    public FileLock? TryLockMountPoint(string canonicalMountPoint) =>
        FileLock.Take(Runtime.Chosen, RuntimeFolder.LockName(canonicalMountPoint), wait: false);

    /// <summary>Where the log of the servers at a mount point is, for messages.</summary>
    public string LogPath(string canonicalMountPoint) => Runtime.Chosen.Of(RuntimeFolder.LogName(canonicalMountPoint));

    /// <summary>Opens that log to append to it.</summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle OpenLog(string canonicalMountPoint) =>
        Runtime.Chosen.OpenToAppend(RuntimeFolder.LogName(canonicalMountPoint));
}
