using System.Globalization;
using System.Text;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Control;

namespace CondaFuse.Store;

/// <summary>One of our mounts in the kernel's table, with information about its server.</summary>
public sealed class LiveMount
{
    private readonly Lazy<FoundServer> _server;

    internal LiveMount(MountEntry entry, Layout layout)
    {
        Entry = entry;
        _server = new(() => Find(entry, layout));
    }

    private LiveMount(MountEntry entry, ServerRecord record, ControlClient control) =>
        (Entry, IsElsewhere, _server) = (entry, true, new(new FoundServer(record, control, record.IsRunning)));

    /// <summary>The kernel's entry.</summary>
    public MountEntry Entry { get; }

    /// <summary>Whether it exists only in other mount namespaces, including the server's.</summary>
    public bool IsElsewhere { get; }

    /// <summary>Canonical path of the mounted image.</summary>
    public string Archive => Entry.Source;

    /// <summary>The server's record, from its file or from the mount itself; null if unknown.</summary>
    public ServerRecord? Record => _server.Value.Record;

    /// <summary>The process that serves it; null if it is dead or unknown.</summary>
    public ProcessIdentity? Server => _server.Value is { IsRunning: true, Record: { } record } ? record.Process : null;

    /// <summary>
    /// Whether its server is known to be gone: the process recorded for this mount has ended, or a query of the mount found no server. The kernel
    /// answers queries of another user's mount without the server, so its state is unknown.
    /// </summary>
    public bool IsDead => _server.Value.IsDead;

    /// <summary>A client for its server; null if the server is unknown.</summary>
    public ControlClient? Control => _server.Value.Control;

    /// <summary>A recorded mount that does not exist in this mount namespace; null if its server is gone.</summary>
    internal static LiveMount? Elsewhere(PrivateFolder folder, string device)
    {
        if (ServerRecord.TryRead(folder, device) is not { IsRunning: not false } record)
        {
            return null;
        }

        var entry = new MountEntry(0, device, record.MountPoint, FuseMountRequest.Type, record.Archive, [], [$"user_id={Identity.UserId}"]);
        var control = ControlClient.In(folder, RuntimeFolder.ControlName(device), Identity.UserId);
        return control.IsThere() ? new LiveMount(entry, record, control) : null;
    }

    private static FoundServer Find(MountEntry entry, Layout layout)
    {
        var user = entry.FuseUser ?? Identity.UserId;
        ServerRecord? withoutSocket = null;
        foreach (var folder in layout.RuntimeOf(entry.FuseUser).Existing)
        {
            if (ServerRecord.TryRead(folder, entry.Device) is not { IsRunning: { } isRunning } record || record.Archive != entry.Source)
            {
                continue;
            }

            var socket = RuntimeFolder.ControlName(entry.Device);
            if (!isRunning || folder.TryIdentify(socket) is not null)
            {
                return new FoundServer(record, ControlClient.In(folder, socket, user), isRunning) { IsDead = !isRunning };
            }

            withoutSocket = record;
        }

        if (entry.FuseUser != Identity.UserId || layout.Probe?.Invoke(entry.MountPoint) is not { } answer)
        {
            return new FoundServer(withoutSocket, null, withoutSocket?.IsRunning);
        }

        // The names of its files are gone, or are in a folder that this process cannot see.
        return answer is { Record: { IsRunning: true } told, Socket: { } number }
            ? new FoundServer(told, ControlClient.Through(told.Process, number, user), IsRunning: true)
            : new FoundServer(answer.Record ?? withoutSocket, null, (answer.Record ?? withoutSocket)?.IsRunning)
            {
                IsDead = answer.IsAnswered == false,
            };
    }

    /// <param name="Record">The server's record.</param>
    /// <param name="Control">A client for it.</param>
    /// <param name="IsRunning">Whether its process runs; null if that is unknown.</param>
    private sealed record FoundServer(ServerRecord? Record, ControlClient? Control, bool? IsRunning)
    {
        public bool IsDead { get; init; }
    }
}

/// <summary>Our mounts, read once from the kernel's table.</summary>
public sealed class LiveMounts
{
    private readonly Layout _layout;
    private readonly MountTable _table;

    private LiveMounts(Layout layout, MountTable table)
    {
        _layout = layout;
        _table = table;
    }

    /// <summary>Reads the table.</summary>
    public static LiveMounts Read(Layout layout) => new(layout, MountTable.Read());

    /// <summary>This user's mounts.</summary>
    public IReadOnlyList<LiveMount> All() =>
        [.. _table.Entries.Where(entry => IsOurs(entry) && entry.FuseUser == Identity.UserId).DistinctBy(entry => entry.MountPoint).Select(Describe)];

    /// <summary>This user's mount (for root: any user's) at a canonical path, or null.</summary>
    public LiveMount? At(string mountPoint) => _table.At(mountPoint) is { } entry && IsOurs(entry) ? Describe(entry) : null;

    /// <summary>
    /// The same; or else this user's mount there that exists only in other mount namespaces of this node, for example of batch jobs and containers.
    /// </summary>
    public LiveMount? AtOrElsewhere(string mountPoint) => At(mountPoint) ?? Elsewhere().FirstOrDefault(mount => mount.Entry.MountPoint == mountPoint);

    /// <summary>This user's mounts outside this mount namespace whose servers can be reached.</summary>
    public IEnumerable<LiveMount> Elsewhere()
    {
        foreach (var folder in _layout.Runtime.Existing)
        {
            var devices = folder.List().Select(RuntimeFolder.DeviceOf).OfType<string>();
            foreach (var device in devices.Where(device => !_table.Entries.Any(entry => entry.Device == device)))
            {
                if (LiveMount.Elsewhere(folder, device) is { } mount)
                {
                    yield return mount;
                }
            }
        }
    }

    /// <summary>A client for the server of a mount; null if there is no mount of ours, or its server is unknown.</summary>
    public static ControlClient? ControlAt(Layout layout, string mountPoint) => Read(layout).At(mountPoint)?.Control;

    /// <summary>Whether anything is mounted at a canonical path.</summary>
    public bool IsMountPoint(string path) => _table.At(path) is not null;

    /// <summary>Another user's CondaFuse mount at a canonical path, or null.</summary>
    public MountEntry? OfOtherAt(string mountPoint) =>
        _table.At(mountPoint) is { Type: FuseMountRequest.Type } entry && !IsOurs(entry) ? entry : null;

    private static bool IsOurs(MountEntry entry) =>
        entry.Type == FuseMountRequest.Type && (Identity.IsRoot || entry.FuseUser == Identity.UserId);

    private LiveMount Describe(MountEntry entry) => new(entry, _layout);
}

/// <summary>A mount's reply to a query.</summary>
/// <param name="IsAnswered">Whether its server answers; null if that is not known in time.</param>
/// <param name="Socket">The server's descriptor of its control socket; null if not reported.</param>
/// <param name="Record">The server's record; null if not reported.</param>
public sealed record MountHealth(bool? IsAnswered, int? Socket = null, ServerRecord? Record = null)
{
    /// <summary>The reply to a query: the descriptor's number if there is one, a line feed, and the record.</summary>
    public static byte[] Write(int? socket, ServerRecord record) =>
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{socket}\n")), .. record.ToJson()];

    /// <summary>Parses the reply of a server.</summary>
    public static MountHealth Read(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end < 0
            ? new MountHealth(true)
            : new MountHealth(
                true, int.TryParse(text.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var socket) ? socket : null,
                ServerRecord.TryParse(Encoding.UTF8.GetBytes(text[(end + 1)..])));
    }
}
