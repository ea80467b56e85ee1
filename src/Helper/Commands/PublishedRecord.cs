using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>A server's record, which stays until the server's end unless a later server of a mount with the same device replaced it.</summary>
internal sealed class PublishedRecord : IDisposable
{
    private readonly PrivateFolder _folder;
    private readonly ServerRecord _record;

    private PublishedRecord(PrivateFolder folder, ServerRecord record, string device) => (_folder, _record, Device) = (folder, record, device);

    /// <summary>The device of the mount.</summary>
    public string Device { get; }

    /// <summary>Writes it for a mount that was just made.</summary>
    public static PublishedRecord Write(Session session, ServerRecord record)
    {
        try
        {
            var device = MountTable.Read().At(record.MountPoint)?.Device
                ?? throw new StoreException(StoreFault.Server, $"{record.MountPoint} was unmounted while it was mounted");
            record.Write(session.Layout.Runtime.Chosen, device);
            return new PublishedRecord(session.Layout.Runtime.Chosen, record, device);
        }
        catch
        {
            session.Mounter.Unmount(record.MountPoint, lazy: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ServerRecord.TryRead(_folder, Device) == _record)
        {
            _folder.Remove(RuntimeFolder.RecordName(Device));
        }
    }
}
