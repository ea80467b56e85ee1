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
    /// Whether its server is known to be gone: the process that recorded itself for this very mount has ended, or the mount was asked and nobody is there to answer.
    /// About another user's mount the kernel answers without asking, so that is not known.
    /// </summary>
    public bool IsDead => _server.Value.IsDead;

    /// <summary>Asks its server; null if that is not known.</summary>
    public ControlClient? Control =>
        Record is not null && Folder is { } folder ? new ControlClient(folder, RuntimeFolder.ControlName(Entry.Device), Entry.FuseUser ?? Identity.UserId) : null;

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

        return answer is { Record: { } told, RuntimeFolder: { } path } ? (told, Reach(path, told, entry), false) : (null, null, answer.IsAnswered == false);
    }

    /// <summary>The server's folder may be another one, or another file system's under the same name: it is reached as the server reaches it.</summary>
    private static PrivateFolder? Reach(string path, ServerRecord record, MountEntry entry)
    {
        try
        {
            return record.IsRunning == true ? PrivateFolder.TryOpen($"/proc/{record.Process.Id}/root{path}", entry.FuseUser ?? Identity.UserId) : null;
        }
        catch (PrivateFolderException)
        {
            return null;
        }
    }
}
