using System.Text;

namespace CondaFuse.Store;

/// <summary>Where everything lies. The one place that knows names of files and directories.</summary>
/// <param name="Home">The user's home directory.</param>
/// <param name="ArchiveDirectory">Holds the archives, one file an environment.</param>
/// <param name="MountRoot">Holds the mount points, one directory an environment.</param>
/// <param name="RuntimeDirectory">Host-local, 0700: locks, records of running servers, logs.</param>
public sealed record Layout(string Home, string ArchiveDirectory, string MountRoot, string RuntimeDirectory)
{
    /// <summary>Holds what is this user's alone and outlives a restart: personal layers.</summary>
    public string StateDirectory { get; init; } = Path.Combine(Home, ".local", "state", "condafuse");

    /// <summary>Holds what can be made again: lists of first uses.</summary>
    public string CacheDirectory { get; init; } = Path.Combine(Home, ".cache", "condafuse");

    /// <summary>The list of what is used first of an archive.</summary>
    public string FirstUseFile(Guid identity) => Path.Combine(CacheDirectory, "first-use", identity.ToString("N"));

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

    /// <summary>Where a new environment is made: below its mount point, so that its paths stay true when mounted.</summary>
    public string Prefix(EnvironmentName name) => Path.Combine(MountPoint(name), name.Value);

    /// <summary>Where a sealed environment's original tree waits for its removal.</summary>
    public string SealedTree(EnvironmentName name) => Path.Combine(MountRoot, $"{SealedPrefix}{name.Value}");

    /// <summary>The image of nothing over which an environment is made in a mount; its changes lie beside it.</summary>
    public string CreatingImage(EnvironmentName name) => Path.Combine(ArchiveDirectory, $"{CreatingPrefix}{name.Value}{ArchiveFormat.SquashFs.Extension()}");

    /// <summary>What the names of images of creations begin with.</summary>
    public const string CreatingPrefix = ".creating-";

    /// <summary>What names of sealed trees begin with.</summary>
    public const string SealedPrefix = ".sealed-";

    /// <summary>The lock under which mounts at a mount point are made and undone.</summary>
    public string LockFile(string canonicalMountPoint) => InRuntime(canonicalMountPoint, ".lock");

    /// <summary>The record of the server behind a mount point.</summary>
    public string ServerFile(string canonicalMountPoint) => InRuntime(canonicalMountPoint, ServerExtension);

    /// <summary>The socket on which the server behind a mount point answers.</summary>
    public string ControlSocket(string canonicalMountPoint) => InRuntime(canonicalMountPoint, ControlExtension);

    /// <summary>What the server behind a mount point has to say.</summary>
    public string LogFile(string canonicalMountPoint) => InRuntime(canonicalMountPoint, ".log");

    /// <summary>What the server behind a mount point has to tell whoever unmounts it, when it has ended (<see cref="Committing.EndOfMount"/>).</summary>
    public string EndFile(string canonicalMountPoint) => InRuntime(canonicalMountPoint, ".end");

    /// <summary>Who reads ahead on a mount; gone when that has ended.</summary>
    public string ReadAheadFile(string canonicalMountPoint) => InRuntime(canonicalMountPoint, ".read-ahead");

    /// <summary>The lock of who compacts an archive without having been asked.</summary>
    public string CompactionLockFile(string image) => InRuntime(image, ".lock");

    /// <summary>What the names of server records end with.</summary>
    public const string ServerExtension = ".server";

    /// <summary>What the names of control sockets end with.</summary>
    public const string ControlExtension = ".control";

    /// <summary>Removes what a server that has ended left in the runtime directory.</summary>
    public void ForgetServer(string canonicalMountPoint)
    {
        Remove(ServerFile(canonicalMountPoint));
        Remove(ControlSocket(canonicalMountPoint));
        Remove(ReadAheadFile(canonicalMountPoint));
    }

    /// <summary>Removes a file of the runtime directory. That it is gone is no failure, nor is it that somebody cleaned up the whole directory.</summary>
    public static void Remove(string file)
    {
        try
        {
            File.Delete(file);
        }
        catch (DirectoryNotFoundException)
        {
        }
    }

    /// <summary>Creates the runtime directory, for this user alone.</summary>
    public void EnsureRuntimeDirectory()
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(RuntimeDirectory, ownerOnly);
        if (File.GetUnixFileMode(RuntimeDirectory) != ownerOnly)
        {
            // Fails unless it is ours: a directory that somebody else put there is never trusted.
            File.SetUnixFileMode(RuntimeDirectory, ownerOnly);
        }
    }

    private string InRuntime(string canonicalMountPoint, string extension)
    {
        return Path.Combine(RuntimeDirectory, $"{Path.GetFileName(canonicalMountPoint)}-{Hash(canonicalMountPoint):x16}{extension}");
    }
    /// <summary>64-bit FNV-1a: tells mount points of one name apart. A cryptographic hash would load libssl, and cost more than all else.</summary>
    private static ulong Hash(string path)
    {
        const ulong offset = 0xcbf2_9ce4_8422_2325;
        const ulong prime = 0x100_0000_01b3;
        return Encoding.UTF8.GetBytes(path).Aggregate(offset, (hash, value) => unchecked((hash ^ value) * prime));
    }
}
