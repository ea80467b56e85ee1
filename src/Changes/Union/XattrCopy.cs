using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Copies an entry's extended attributes out of the base.</summary>
internal static class XattrCopy
{
    /// <summary>All of them; none for an entry that is new.</summary>
    public static Dictionary<byte[], byte[]> Of(IReadableTree tree, ChangedEntry entry)
    {
        var copy = new Dictionary<byte[], byte[]>(NameComparer.Instance);
        if (entry.IsNew || !tree.MayHaveXattrs)
        {
            return copy;
        }

        tree.VisitXattrs(entry.BaseNode, (name, value) => copy[name.ToArray()] = value.ToArray());
        return copy;
    }
}
