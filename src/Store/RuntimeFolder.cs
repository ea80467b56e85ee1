using System.Text;
using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>
/// The folder of one user on one node for locks, server records, control sockets and logs (docs/decisions/0020). Sessions agree on it whatever their
/// variables say: the first place counts that is the user's alone, or can be made so. Inside, everything is reached through the folder's descriptor.
/// </summary>
/// <param name="owner">The user.</param>
/// <param name="places">Where it may be, the preferred place first; asked for one after the other.</param>
public sealed class RuntimeFolder(uint owner, IEnumerable<string> places)
{
    /// <summary>What the names of server records begin with; the device of the mount follows.</summary>
    private const string MountPrefix = "mount-";

    private const string RecordExtension = ".server";
    private const string ControlExtension = ".control";

    /// <summary>What the names of private runs' folders begin with.</summary>
    public const string PrivateRunPrefix = "run-";

    private readonly Dictionary<string, PrivateFolder> _opened = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();
    private PrivateFolder? _chosen;

    /// <summary>The folder at one given place.</summary>
    public RuntimeFolder(string place)
        : this(Identity.UserId, [place])
    {
    }

    /// <summary>A user's folder on this node: in /var/tmp, else in the user's home, where it is named after the node's present boot.</summary>
    /// <param name="user">The user.</param>
    /// <param name="host">This node's name.</param>
    /// <param name="home">The user's home, where the list of users has none.</param>
    public static RuntimeFolder Of(uint user, string host, string home) => new(user, Places(user, host, home));

    /// <summary>The folder, made if need be.</summary>
    /// <exception cref="StoreException">There is no place for it.</exception>
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
    /// Every place that is there and the user's alone, the preferred one first: a server may have been started when another one counted.
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

    /// <summary>The file whose lock guards the making and undoing of mounts at a mount point, or the compaction of an archive.</summary>
    /// <param name="canonicalPath">The mount point or archive.</param>
    public static string LockName(string canonicalPath) => NameOf(canonicalPath, ".lock");

    /// <summary>The log of the servers at a mount point.</summary>
    public static string LogName(string canonicalMountPoint) => NameOf(canonicalMountPoint, ".log");

    /// <summary>The record of the server of a mount. A device is unique among all mounts of a node, in whatever namespace they are.</summary>
    public static string RecordName(string device) => $"{MountPrefix}{device}{RecordExtension}";

    /// <summary>The socket on which the server of a mount answers.</summary>
    public static string ControlName(string device) => $"{MountPrefix}{device}{ControlExtension}";

    /// <summary>The device that a record's name tells; null if the name is not a record's.</summary>
    public static string? DeviceOf(string name) =>
        name.StartsWith(MountPrefix, StringComparison.Ordinal) && name.EndsWith(RecordExtension, StringComparison.Ordinal)
            ? name[MountPrefix.Length..^RecordExtension.Length]
            : null;

    /// <summary>Removes what a server that has ended left.</summary>
    public void ForgetServer(string device)
    {
        foreach (var folder in Existing)
        {
            folder.Remove(RecordName(device));
            folder.Remove(ControlName(device));
        }
    }

    private static IEnumerable<string> Places(uint user, string host, string home)
    {
        // Not /tmp and /dev/shm: batch systems give jobs private ones, and logind empties the latter at logout, as it removes /run/user/UID.
        const string preferred = "/var/tmp";
        if (Directory.Exists(preferred) && FileSystems.IsLocal(preferred))
        {
            yield return $"{preferred}/condafuse-{user}";
        }

        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
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
                return null; // somebody else's: what is in it is not about this user's mounts
            }
        }
    }

    private static string NameOf(string canonicalPath, string extension) =>
        $"{Shortened(System.IO.Path.GetFileName(canonicalPath))}-{Hash(canonicalPath):x16}{extension}";

    /// <summary>So that hash and extension fit into a name of 255 bytes.</summary>
    private static string Shortened(string name)
    {
        const int max = 200;
        while (Encoding.UTF8.GetByteCount(name) > max)
        {
            name = name[..^1];
        }

        return name;
    }

    /// <summary>64-bit FNV-1a: tells mount points of one name apart. A cryptographic hash would load libssl, and cost more than all else.</summary>
    private static ulong Hash(string path)
    {
        const ulong offset = 0xcbf2_9ce4_8422_2325;
        const ulong prime = 0x100_0000_01b3;
        return Encoding.UTF8.GetBytes(path).Aggregate(offset, (hash, value) => unchecked((hash ^ value) * prime));
    }
}
