using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Disk;

/// <summary>Gives entries of the disk the attributes that they have in a tree.</summary>
internal sealed class EntryRestorer(IReadableTree tree, ExtractOptions options, Action<string> warn)
{
    private const int MostXattrBytes = 65536;

    /// <summary>Restores owner, permissions, extended attributes and, last, the time.</summary>
    public void Restore(HandleLease directory, in ExtractedEntry entry)
    {
        var attributes = entry.Attributes;
        ReadOnlySpan<byte> name = entry.Place.Parent is null ? "."u8 : entry.Place.Name;
        if (options.KeepOwners)
        {
            EntryAttributes.SetOwner(directory, name, attributes.UserId, attributes.GroupId);
        }

        if (attributes.Kind != EntryKind.Symlink)
        {
            EntryAttributes.SetPermissions(directory, name, attributes.Permissions);
        }

        if (options.Xattrs)
        {
            RestoreXattrs(directory, name, entry);
        }

        EntryAttributes.SetModified(directory, name, attributes.Modified.Seconds, attributes.Modified.Nanoseconds);
    }

    private void RestoreXattrs(HandleLease directory, ReadOnlySpan<byte> name, in ExtractedEntry entry)
    {
        var length = tree.ListXattrs(entry.Attributes.Node, []);
        if (length == 0)
        {
            return;
        }

        var names = new byte[length].AsSpan();
        names = names[..tree.ListXattrs(entry.Attributes.Node, names)];
        var value = new byte[MostXattrBytes];
        while (names.IndexOf((byte)0) is var end and >= 0)
        {
            var key = names[..end];
            names = names[(end + 1)..];
            if (tree.TryGetXattr(entry.Attributes.Node, key, value, out var size))
            {
                Set(directory, name, key, value.AsSpan(0, size));
            }
        }
    }

    private void Set(HandleLease directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        try
        {
            ExtendedAttributes.Set(directory, name, key, value);
        }
        catch (PlatformException exception) when (exception.Errno is Errno.EPERM or Errno.EACCES or Errno.EOPNOTSUPP)
        {
            warn($"Extended attributes {Encoding.UTF8.GetString(key)} could not be restored here: {exception.Message}.");
        }
    }
}
