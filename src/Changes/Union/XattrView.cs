using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Copies extended attributes, and other values, into a caller's buffer, as <see cref="IReadableTree"/> specifies.</summary>
internal static class XattrView
{
    public static int Give(byte[] value, Span<byte> destination)
    {
        if (!destination.IsEmpty)
        {
            DemandRoom(value.Length, destination);
            value.CopyTo(destination);
        }

        return value.Length;
    }

    public static bool TryGet(Dictionary<byte[], byte[]> xattrs, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        var found = xattrs.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var value);
        length = found ? Give(value!, destination) : 0;
        return found;
    }

    public static int List(Dictionary<byte[], byte[]> xattrs, Span<byte> destination)
    {
        var length = xattrs.Keys.Sum(name => name.Length + 1);
        if (destination.IsEmpty)
        {
            return length;
        }

        DemandRoom(length, destination);
        foreach (var name in xattrs.Keys)
        {
            name.CopyTo(destination);
            destination[name.Length] = 0;
            destination = destination[(name.Length + 1)..];
        }

        return length;
    }

    /// <summary>Size of names and values in bytes.</summary>
    public static long BytesOf(Dictionary<byte[], byte[]>? xattrs)
    {
        var bytes = 0L;
        foreach (var (name, value) in xattrs ?? [])
        {
            bytes += name.Length + value.Length;
        }

        return bytes;
    }

    private static void DemandRoom(int length, Span<byte> destination)
    {
        if (destination.Length < length)
        {
            throw new TreeException(TreeFailure.RangeTooSmall, $"{length} bytes do not fit into {destination.Length}.");
        }
    }
}

/// <summary>Copies an entry's extended attributes out of the base.</summary>
internal static class XattrCopy
{
    /// <summary>All of them; empty for a new entry.</summary>
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
