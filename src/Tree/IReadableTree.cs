namespace CondaFuse.Tree;

/// <summary>
/// A tree of entries that can be read: an image, a directory of the disk, a union. All members may be called from
/// several threads at once. Names are bytes (see <see cref="EntryName"/>). Failures are <see cref="TreeException"/>s.
/// </summary>
public interface IReadableTree : IDisposable
{
    /// <summary>Longest value of an extended attribute (<c>XATTR_SIZE_MAX</c>), and longest list of names (<c>XATTR_LIST_MAX</c>).</summary>
    const int MaxXattrValue = 65536;

    /// <summary>Totals of the tree, known without walking it.</summary>
    TreeTotals Totals { get; }

    /// <summary>Whether any entry may have extended attributes. Who serves a tree without need not be asked for them.</summary>
    bool MayHaveXattrs => true;

    /// <summary>The attributes of an entry.</summary>
    Attributes GetAttributes(NodeId node);

    /// <summary>Finds a name in a directory. A name that is not there is no failure: the answer is false.</summary>
    bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes);

    /// <summary>The inode number of a directory's parent; the root's is its own.</summary>
    ulong GetParentInode(NodeId directory);

    /// <summary>
    /// Hands the entries of a directory (without <c>.</c> and <c>..</c>) to <paramref name="sink"/> until there is none
    /// left or the sink refuses.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="after">0 to begin, else the cookie of the last entry that was taken.</param>
    /// <param name="sink">Takes the entries.</param>
    void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink);

    /// <summary>Reads content of a file at a byte offset.</summary>
    /// <returns>Bytes read: less than asked for only at the end of the file.</returns>
    int Read(NodeId file, long offset, Span<byte> destination);

    /// <summary>Copies a symlink's target (at most 4095 bytes) to the start of <paramref name="destination"/>.</summary>
    /// <returns>Its length in bytes.</returns>
    int ReadLink(NodeId symlink, Span<byte> destination);

    /// <summary>Reads an extended attribute by its full name (<c>user.mime_type</c>).</summary>
    /// <param name="node">The entry.</param>
    /// <param name="name">The full name.</param>
    /// <param name="destination">Takes the value; empty to ask for the length only.</param>
    /// <param name="length">The value's length in bytes.</param>
    /// <returns>False if the entry has no such attribute.</returns>
    /// <exception cref="TreeException"><see cref="TreeFailure.RangeTooSmall"/>.</exception>
    bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length);

    /// <summary>Lists the full names of an entry's extended attributes, each followed by a NUL.</summary>
    /// <param name="node">The entry.</param>
    /// <param name="destination">Takes the names; empty to ask for the length only.</param>
    /// <returns>Length of the list in bytes.</returns>
    /// <exception cref="TreeException"><see cref="TreeFailure.RangeTooSmall"/>.</exception>
    int ListXattrs(NodeId node, Span<byte> destination);

    /// <summary>
    /// Hands over all extended attributes of an entry. A tree that finds an attribute only by going through all of them does this in one pass.
    /// </summary>
    void VisitXattrs(NodeId node, XattrVisitor visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        var names = new byte[ListXattrs(node, [])].AsSpan();
        names = names.IsEmpty ? names : names[..ListXattrs(node, names)];
        var value = names.IsEmpty ? [] : new byte[MaxXattrValue];
        for (; names.IndexOf((byte)0) is var end and >= 0; names = names[(end + 1)..])
        {
            if (TryGetXattr(node, names[..end], value, out var length))
            {
                visit(names[..end], value.AsSpan(0, length));
            }
        }
    }

    /// <summary>
    /// Where, at or behind an offset, content begins that may be other than zeros. What lies before it need not be read; a tree that does not know
    /// says the offset itself.
    /// </summary>
    /// <returns>The offset, or one behind it: at most the file's length.</returns>
    long NextContent(NodeId file, long offset) => offset;
}
