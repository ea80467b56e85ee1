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

        var names = new byte[tree.ListXattrs(entry.BaseNode, [])];
        if (names.Length > 0)
        {
            tree.ListXattrs(entry.BaseNode, names);
        }

        for (var rest = names.AsSpan(); rest.IndexOf((byte)0) is var end and >= 0; rest = rest[(end + 1)..])
        {
            if (tree.TryGetXattr(entry.BaseNode, rest[..end], [], out var length))
            {
                var value = new byte[length];
                tree.TryGetXattr(entry.BaseNode, rest[..end], value, out _);
                copy[rest[..end].ToArray()] = value;
            }
        }

        return copy;
    }
}
