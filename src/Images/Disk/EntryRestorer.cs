using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Disk;

/// <summary>
/// Applies the attributes that entries have in a tree to entries on disk, by descriptor. Attributes that could grant privileges (set-id bits,
/// <c>security.</c> and <c>trusted.</c> attributes) are applied only if special entries are preserved.
/// </summary>
internal sealed class EntryRestorer(IReadableTree tree, ExtractOptions options, Action<string> warn)
{
    private const ushort SetIds = 0xC00;

    private int _setIdsDropped;
    private int _xattrsDropped;

    /// <summary>Restores owner, permissions, extended attributes and, last, the time.</summary>
    /// <param name="entry">The open entry on disk.</param>
    /// <param name="attributes">Its attributes in the tree.</param>
    public void Restore(HandleLease entry, in Attributes attributes)
    {
        if (options.KeepOwners)
        {
            EntryAttributes.SetOwner(entry, attributes.UserId, attributes.GroupId);
        }

        if (attributes.Kind != EntryKind.Symlink)
        {
            EntryAttributes.SetPermissions(entry, PermissionsOf(attributes));
        }

        if (options.Xattrs)
        {
            RestoreXattrs(entry, attributes.Node);
        }

        EntryAttributes.SetModified(entry, attributes.Modified.Seconds, attributes.Modified.Nanoseconds);
    }

    /// <summary>Warns about attributes that were dropped.</summary>
    public void Report()
    {
        if (_setIdsDropped > 0)
        {
            warn($"Set-user-ID and set-group-ID bits were dropped: entries that had them: {_setIdsDropped}.");
        }

        if (_xattrsDropped > 0)
        {
            warn($"Extended attributes of security. and trusted. were dropped: {_xattrsDropped}.");
        }
    }

    private ushort PermissionsOf(in Attributes attributes)
    {
        if (options.PreserveSpecial || (attributes.Permissions & SetIds) == 0)
        {
            return attributes.Permissions;
        }

        Interlocked.Increment(ref _setIdsDropped);
        return (ushort)(attributes.Permissions & ~SetIds);
    }

    private void RestoreXattrs(HandleLease entry, NodeId node)
    {
        if (!tree.MayHaveXattrs)
        {
            return;
        }

        tree.VisitXattrs(node, (name, value) =>
        {
            if (!options.PreserveSpecial && (name.StartsWith("security."u8) || name.StartsWith("trusted."u8)))
            {
                Interlocked.Increment(ref _xattrsDropped);
            }
            else
            {
                Set(entry, name, value);
            }
        });
    }

    private void Set(HandleLease entry, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        try
        {
            EntryAttributes.SetXattr(entry, key, value);
        }
        catch (PlatformException exception) when (exception.Errno is Errno.EPERM or Errno.EACCES or Errno.EOPNOTSUPP)
        {
            warn($"Extended attributes {Encoding.UTF8.GetString(key)} could not be restored here: {exception.Message}.");
        }
    }
}
