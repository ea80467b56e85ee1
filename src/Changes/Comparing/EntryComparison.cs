using CondaFuse.Tree;

namespace CondaFuse.Changes.Comparing;

/// <summary>Compares an entry of one tree with an entry of another.</summary>
/// <param name="before">The earlier tree.</param>
/// <param name="after">The later tree.</param>
internal sealed class EntryComparison(INumberedTree before, INumberedTree after)
{
    private const int ChunkBytes = 128 << 10;
    private const int MaxTarget = 4096;
    private readonly byte[] _left = new byte[ChunkBytes];
    private readonly byte[] _right = new byte[ChunkBytes];

    /// <summary>How they differ, or null if they are equal. Times alone do not count as a difference.</summary>
    internal DifferenceKind? Judge(in Attributes old, in Attributes now) =>
        ContentDiffers(old, now) ? DifferenceKind.Changed : AttributesDiffer(old, now) ? DifferenceKind.Attributes : null;

    /// <summary>Whether the kind, content, or target differs; a directory has no content here.</summary>
    internal bool ContentDiffers(in Attributes old, in Attributes now) => (old.Kind, now.Kind) switch
    {
        (EntryKind.File, EntryKind.File) => old.Size != now.Size || (!IsUntouched(old, now) && !HaveEqualBytes(old, now)),
        (EntryKind.Symlink, EntryKind.Symlink) => !Target(before, old).SequenceEqual(Target(after, now)),
        var (from, to) => from != to || (old.DeviceMajor, old.DeviceMinor) != (now.DeviceMajor, now.DeviceMinor),
    };

    /// <summary>Whether the permissions, owner or extended attributes differ.</summary>
    internal bool AttributesDiffer(in Attributes old, in Attributes now) =>
        old.Permissions != now.Permissions || old.UserId != now.UserId || old.GroupId != now.GroupId || !HaveEqualXattrs(old, now);

    /// <summary>Whether they have the same extended attributes.</summary>
    internal bool HaveEqualXattrs(in Attributes old, in Attributes now) => Xattrs(before, old.Node).SequenceEqual(Xattrs(after, now.Node));

    /// <summary>Whether the later tree knows that it has the earlier one's content unchanged.</summary>
    private bool IsUntouched(in Attributes old, in Attributes now)
    {
        if (after is not ILayeredTree layered || layered.Base != before || old.Inode != now.Inode)
        {
            return false;
        }

        var inode = old.Inode;
        return layered.GetContent(now.Node).All(
            piece => piece.Origin == ContentOrigin.Base && piece.BaseInode == inode && piece.BaseOffset == piece.Offset);
    }

    private bool HaveEqualBytes(in Attributes old, in Attributes now)
    {
        for (long offset = 0; offset < old.Size;)
        {
            var count = before.Read(old.Node, offset, _left);
            if (count != after.Read(now.Node, offset, _right) || count == 0 || !_left.AsSpan(0, count).SequenceEqual(_right.AsSpan(0, count)))
            {
                return false;
            }

            offset += count;
        }

        return true;
    }

    private static byte[] Target(INumberedTree tree, in Attributes symlink)
    {
        var target = new byte[MaxTarget];
        return target[..tree.ReadLink(symlink.Node, target)];
    }

    /// <summary>Names and values, ordered by name.</summary>
    private static List<string> Xattrs(INumberedTree tree, NodeId node)
    {
        if (!tree.MayHaveXattrs)
        {
            return [];
        }

        var result = new List<string>();
        tree.VisitXattrs(node, (name, value) => result.Add($"{Convert.ToHexString(name)}={Convert.ToHexString(value)}"));
        result.Sort(StringComparer.Ordinal);
        return result;
    }
}
