using System.Text;
using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>
/// One user's folder on one node for locks, server records, control sockets and logs (docs/decisions/0020). Sessions agree on it regardless of their
/// variables: it is the first place that is private to the user, or can be made so. All access goes through the folder's descriptor.
/// </summary>
/// <param name="owner">The user.</param>
/// <param name="places">Its possible places in order of preference, evaluated lazily.</param>
public sealed class RuntimeFolder(uint owner, IEnumerable<string> places)
{
    /// <summary>The beginning of the names of server records; the mount's device follows.</summary>
    private const string MountPrefix = "mount-";

    /// <summary>
    /// Not /tmp or /dev/shm: batch systems give jobs private ones, and logind clears the latter at logout, just as it removes /run/user/UID.
    /// </summary>
    private const string Preferred = "/var/tmp";

    private const string RecordExtension = ".server";
    private const string ControlExtension = ".control";

    /// <summary>The beginning of the names of private runs' folders.</summary>
    public const string PrivateRunPrefix = "run-";

    private readonly Dictionary<string, PrivateFolder> _opened = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();
    private PrivateFolder? _chosen;

    /// <summary>The folder at a fixed place.</summary>
    public RuntimeFolder(string place)
        : this(Identity.UserId, [place])
    {
    }

    /// <summary>
    /// A user's folder on this node: in /var/tmp, or else in the user's home, under a name that contains the id of the node's current boot.
    /// </summary>
    /// <param name="user">The user.</param>
    /// <param name="host">This node's name.</param>
    /// <param name="home">The user's home, if the user database has none.</param>
    public static RuntimeFolder Of(uint user, string host, string home) =>
        new(user, Places(user, host, home, new Lazy<bool>(() => Directory.Exists(Preferred) && FileSystems.IsLocal(Preferred))));

    /// <summary>The folder, created if necessary.</summary>
    /// <exception cref="StoreException">There is no suitable place.</exception>
    public PrivateFolder Chosen
    {
        get
        {
            lock (_opening)
            {
                return _chosen ??= Choose();
            }
        }
    }

    /// <summary>Its path.</summary>
    public string Path => Chosen.Path;

    /// <summary>
    /// Every existing place that is private to the user, in order of preference: a server may have been started when another one was in use.
    /// </summary>
    public IEnumerable<PrivateFolder> Existing
    {
        get
        {
            foreach (var place in places)
            {
                if (TryOpen(place) is { } folder)
                {
                    yield return folder;
                }
            }
        }
    }

    /// <summary>The lock file for mounting and unmounting at a mount point, or for compacting an archive.</summary>
    /// <param name="canonicalPath">The mount point or archive.</param>
    public static string LockName(string canonicalPath) => NameOf(canonicalPath, ".lock");

    /// <summary>The log of the servers at a mount point.</summary>
    public static string LogName(string canonicalMountPoint) => NameOf(canonicalMountPoint, ".log");

    /// <summary>The record of a mount's server. The device is unique among all mounts of a node in all namespaces.</summary>
    public static string RecordName(string device) => $"{MountPrefix}{device}{RecordExtension}";

    /// <summary>The control socket of a mount's server.</summary>
    public static string ControlName(string device) => $"{MountPrefix}{device}{ControlExtension}";

    /// <summary>The device in a record's name; null if the name is not a record's.</summary>
    public static string? DeviceOf(string name) =>
        name.StartsWith(MountPrefix, StringComparison.Ordinal) && name.EndsWith(RecordExtension, StringComparison.Ordinal)
            ? name[MountPrefix.Length..^RecordExtension.Length]
            : null;

    /// <summary>Removes the files of a server that has ended.</summary>
    public void ForgetServer(string device)
    {
        foreach (var folder in Existing)
        {
            folder.Remove(RecordName(device));
            folder.Remove(ControlName(device));
        }
    }

    private static IEnumerable<string> Places(uint user, string host, string home, Lazy<bool> isPreferredUsable)
    {
        if (isPreferredUsable.Value)
        {
            yield return $"{Preferred}/condafuse-{user}";
        }

        var boot = KernelFile.ReadText("/proc/sys/kernel/random/boot_id").Trim();
        yield return System.IO.Path.Combine(UserAccounts.HomeOf(user) ?? home, ".local", "state", "condafuse", $"run-{boot}-{host}");
    }

    private PrivateFolder Choose()
    {
        var problems = new List<string>();
        foreach (var place in places)
        {
            try
            {
                if (!_opened.TryGetValue(place, out var folder))
                {
                    folder = _opened[place] = owner == Identity.UserId
                        ? PrivateFolder.OpenOrMake(place)
                        : PrivateFolder.TryOpen(place, owner) ?? throw new PrivateFolderException(place, "does not exist");
                }

                return folder;
            }
            catch (PrivateFolderException failure)
            {
                problems.Add(failure.Message);
            }
        }

        throw new StoreException(StoreFault.Unsupported, $"no directory for locks and server records is usable: {string.Join("; ", problems)}");
    }

    private PrivateFolder? TryOpen(string place)
    {
        lock (_opening)
        {
            if (_opened.TryGetValue(place, out var folder))
            {
                return folder;
            }

            try
            {
                return PrivateFolder.TryOpen(place, owner) is { } found ? _opened[place] = found : null;
            }
            catch (PrivateFolderException)
            {
                return null; // another user's: its files do not describe this user's mounts
            }
        }
    }

    private static string NameOf(string canonicalPath, string extension) =>
        $"{Shortened(System.IO.Path.GetFileName(canonicalPath))}-{Hash(canonicalPath):x16}{extension}";

    /// <summary>Shortened so that hash and extension fit into a name of 255 bytes.</summary>
    private static string Shortened(string name)
    {
        const int max = 200;
        while (Encoding.UTF8.GetByteCount(name) > max)
        {
            name = name[..^1];
        }

        return name;
    }

    /// <summary>
    /// 64-bit FNV-1a: distinguishes mount points with the same name. A cryptographic hash would load libssl, which would dominate the cost.
    /// </summary>
    private static ulong Hash(string path)
    {
        const ulong offset = 0xcbf2_9ce4_8422_2325;
        const ulong prime = 0x100_0000_01b3;
        return Encoding.UTF8.GetBytes(path).Aggregate(offset, (hash, value) => unchecked((hash ^ value) * prime));
    }
}
