using System.Text;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Control;

namespace CondaFuse.Store;

/// <summary>A mount of ours in the kernel's table, with what is known of its server.</summary>
public sealed class LiveMount
{
    private readonly Lazy<(ServerRecord? Record, PrivateFolder? Folder, bool IsDead)> _server;

    internal LiveMount(MountEntry entry, Layout layout)
    {
        Entry = entry;
        _server = new(() => Find(entry, layout));
    }

    /// <summary>The kernel's line.</summary>
    public MountEntry Entry { get; }

    /// <summary>Canonical path of the mounted image.</summary>
    public string Archive => Entry.Source;

    /// <summary>What its server wrote down, or answers through the mount; null if it is not known.</summary>
    public ServerRecord? Record => _server.Value.Record;

    /// <summary>The runtime folder of its server; null if that is not known.</summary>
    public PrivateFolder? Folder => _server.Value.Folder;

    /// <summary>The process that serves it; null if it is dead or cannot be found.</summary>
    public ProcessIdentity? Server => Record is { IsRunning: true } record ? record.Process : null;

    /// <summary>
    /// Whether its server is known to be gone: the process that recorded itself for this very mount has ended, or the mount was asked and nobody is
    /// there to answer. About another user's mount the kernel answers without asking, so that is not known.
    /// </summary>
    public bool IsDead => _server.Value.IsDead;

    /// <summary>Asks its server; null if that is not known.</summary>
    public ControlClient? Control =>
        Record is not null && Folder is { } folder
            ? new ControlClient(folder, RuntimeFolder.ControlName(Entry.Device), Entry.FuseUser ?? Identity.UserId)
            : null;

    private static (ServerRecord? Record, PrivateFolder? Folder, bool IsDead) Find(MountEntry entry, Layout layout)
    {
        foreach (var folder in layout.RuntimeOf(entry.FuseUser).Existing)
        {
            if (ServerRecord.TryRead(folder, entry.Device) is { IsRunning: { } isRunning } record && record.Archive == entry.Source)
            {
                return (record, folder, !isRunning);
            }
        }

        if (entry.FuseUser != Identity.UserId || layout.Probe?.Invoke(entry.MountPoint) is not { } answer)
        {
            return (null, null, false);
        }

        return answer is { Record: { } told, RuntimeFolder: { } path }
            ? (told, Reach(path, told, entry), false)
            : (null, null, answer.IsAnswered == false);
    }

    /// <summary>
    /// The server's folder may be another one, or another file system's under the same name: it is reached as the server reaches it.
    /// </summary>
    private static PrivateFolder? Reach(string path, ServerRecord record, MountEntry entry)
    {
        try
        {
            return record.IsRunning == true
                ? PrivateFolder.TryOpen($"/proc/{record.Process.Id}/root{path}", entry.FuseUser ?? Identity.UserId)
                : null;
        }
        catch (PrivateFolderException)
        {
            return null;
        }
    }
}

/// <summary>Our mounts, read once from the kernel's table.</summary>
public sealed class LiveMounts
{
    private readonly Layout layout;
    private readonly MountTable table;

    private LiveMounts(Layout layout, MountTable table)
    {
        this.layout = layout;
        this.table = table;
    }

    /// <summary>Reads the table.</summary>
    public static LiveMounts Read(Layout layout) => new(layout, MountTable.Read());

    /// <summary>This user's.</summary>
    public IReadOnlyList<LiveMount> All() =>
        [.. table.Entries.Where(entry => IsOurs(entry) && entry.FuseUser == Identity.UserId).DistinctBy(entry => entry.MountPoint).Select(Describe)];

    /// <summary>This user's (for root: anybody's) at a canonical path, or null.</summary>
    public LiveMount? At(string mountPoint) => table.At(mountPoint) is { } entry && IsOurs(entry) ? Describe(entry) : null;

    /// <summary>Asks the server of a mount; null if nothing of ours is mounted there, or its server is not known.</summary>
    public static ControlClient? ControlAt(Layout layout, string mountPoint) => Read(layout).At(mountPoint)?.Control;

    /// <summary>Whether anything is mounted at a canonical path.</summary>
    public bool IsMountPoint(string path) => table.At(path) is not null;

    /// <summary>Another user's mount of one of our file systems at a canonical path, or null.</summary>
    public MountEntry? OfOtherAt(string mountPoint) => table.At(mountPoint) is { Type: FuseMountRequest.Type } entry && !IsOurs(entry) ? entry : null;

    private static bool IsOurs(MountEntry entry) =>
        entry.Type == FuseMountRequest.Type && (Identity.IsRoot || entry.FuseUser == Identity.UserId);

    private LiveMount Describe(MountEntry entry) => new(entry, layout);
}

/// <summary>What a mount says when it is asked itself.</summary>
/// <param name="IsAnswered">Whether its server answers; null if that cannot be told in time.</param>
/// <param name="RuntimeFolder">The server's runtime folder, as a path of the server; null if it does not tell.</param>
/// <param name="Record">The server's record; null if it does not tell.</param>
public sealed record MountHealth(bool? IsAnswered, string? RuntimeFolder = null, ServerRecord? Record = null)
{
    /// <summary>What a server's mount is to answer: the folder, a line feed, the record.</summary>
    public static byte[] Write(string runtimeFolder, ServerRecord record) => [.. Encoding.UTF8.GetBytes($"{runtimeFolder}\n"), .. record.ToJson()];

    /// <summary>Reads it, of a server that answers.</summary>
    public static MountHealth Read(string text)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? new MountHealth(true) : new MountHealth(true, text[..end], ServerRecord.TryParse(Encoding.UTF8.GetBytes(text[(end + 1)..])));
    }
}
