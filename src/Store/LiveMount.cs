using System.Globalization;
using System.Text;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Control;

namespace CondaFuse.Store;

/// <summary>A mount of ours in the kernel's table, with what is known of its server.</summary>
public sealed class LiveMount
{
    private readonly Lazy<(ServerRecord? Record, ControlClient? Control, bool IsDead)> _server;

    internal LiveMount(MountEntry entry, Layout layout)
    {
        Entry = entry;
        _server = new(() => Find(entry, layout));
    }

    private LiveMount(MountEntry entry, ServerRecord record, ControlClient control) =>
        (Entry, IsElsewhere, _server) = (entry, true, new((record, control, false)));

    /// <summary>The kernel's line.</summary>
    public MountEntry Entry { get; }

    /// <summary>Whether only other mount namespaces have it, the server's among them.</summary>
    public bool IsElsewhere { get; }

    /// <summary>Canonical path of the mounted image.</summary>
    public string Archive => Entry.Source;

    /// <summary>What its server wrote down, or answers through the mount; null if it is not known.</summary>
    public ServerRecord? Record => _server.Value.Record;

    /// <summary>The process that serves it; null if it is dead or cannot be found.</summary>
    public ProcessIdentity? Server => Record is { IsRunning: true } record ? record.Process : null;

    /// <summary>
    /// Whether its server is known to be gone: the process that recorded itself for this very mount has ended, or the mount was asked and nobody is
    /// there to answer.
    /// About another user's mount the kernel answers without asking, so that is not known.
    /// </summary>
    public bool IsDead => _server.Value.IsDead;

    /// <summary>Asks its server; null if that is not known.</summary>
    public ControlClient? Control => _server.Value.Control;

    /// <summary>A mount that its server's record tells of and this mount namespace does not have; null if its server is gone.</summary>
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

    private static (ServerRecord? Record, ControlClient? Control, bool IsDead) Find(MountEntry entry, Layout layout)
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
                return (record, ControlClient.In(folder, socket, user), !isRunning);
            }

            withoutSocket = record;
        }

        if (entry.FuseUser != Identity.UserId || layout.Probe?.Invoke(entry.MountPoint) is not { } answer)
        {
            return (withoutSocket, null, false);
        }

        // The names of its files are gone, or lie in a folder that this process does not see.
        return answer is { Record: { IsRunning: true } told, Socket: { } number }
            ? (told, ControlClient.Through(told.Process, number, user), false)
            : (answer.Record ?? withoutSocket, null, answer.IsAnswered == false);
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

    /// <summary>This user's.</summary>
    public IReadOnlyList<LiveMount> All() =>
        [.. _table.Entries.Where(entry => IsOurs(entry) && entry.FuseUser == Identity.UserId).DistinctBy(entry => entry.MountPoint).Select(Describe)];

    /// <summary>This user's (for root: anybody's) at a canonical path, or null.</summary>
    public LiveMount? At(string mountPoint) => _table.At(mountPoint) is { } entry && IsOurs(entry) ? Describe(entry) : null;

    /// <summary>
    /// The same; or else this user's mount there that only other mount namespaces of this node have, as batch jobs and containers do.
    /// </summary>
    public LiveMount? AtOrElsewhere(string mountPoint) => At(mountPoint) ?? Elsewhere().FirstOrDefault(mount => mount.Entry.MountPoint == mountPoint);

    /// <summary>This user's mounts that are not in this mount namespace, and whose servers can be asked.</summary>
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

    /// <summary>Asks the server of a mount; null if nothing of ours is mounted there, or its server is not known.</summary>
    public static ControlClient? ControlAt(Layout layout, string mountPoint) => Read(layout).At(mountPoint)?.Control;

    /// <summary>Whether anything is mounted at a canonical path.</summary>
    public bool IsMountPoint(string path) => _table.At(path) is not null;

    /// <summary>Another user's mount of one of our file systems at a canonical path, or null.</summary>
    public MountEntry? OfOtherAt(string mountPoint) =>
        _table.At(mountPoint) is { Type: FuseMountRequest.Type } entry && !IsOurs(entry) ? entry : null;

    private static bool IsOurs(MountEntry entry) =>
        entry.Type == FuseMountRequest.Type && (Identity.IsRoot || entry.FuseUser == Identity.UserId);

    private LiveMount Describe(MountEntry entry) => new(entry, _layout);
}

/// <summary>What a mount says when it is asked itself.</summary>
/// <param name="IsAnswered">Whether its server answers; null if that cannot be told in time.</param>
/// <param name="Socket">The server's descriptor of its control socket; null if it does not tell.</param>
/// <param name="Record">The server's record; null if it does not tell.</param>
public sealed record MountHealth(bool? IsAnswered, int? Socket = null, ServerRecord? Record = null)
{
    /// <summary>What a server's mount is to answer: the descriptor's number, or none, a line feed, the record.</summary>
    public static byte[] Write(int? socket, ServerRecord record) =>
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{socket}\n")), .. record.ToJson()];

    /// <summary>Reads it, of a server that answers.</summary>
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
