namespace CondaFuse.Tree;

/// <summary>
/// A readable tree of entries: an image, a directory on disk, a union. All members are thread-safe. Names are bytes (see <see cref="EntryName"/>).
/// Failures are <see cref="TreeException"/>s.
/// </summary>
public interface IReadableTree : IDisposable
{
    /// <summary>Longest value of an extended attribute (<c>XATTR_SIZE_MAX</c>), and longest list of names (<c>XATTR_LIST_MAX</c>).</summary>
    const int MaxXattrValue = 65536;

    /// <summary>Totals of the tree, available without walking it.</summary>
    TreeTotals Totals { get; }

    /// <summary>Whether any entry may have extended attributes. If not, the server need not query them.</summary>
    bool MayHaveXattrs => true;

    /// <summary>Which parts of the file that stores the tree were read since it was opened; empty if unknown.</summary>
    IReadOnlyList<StoredRange> StoredReads => [];

    /// <summary>Whether the file that stores the tree lists what is used first.</summary>
    bool HasFirstUses => false;

    /// <summary>Frees memory whose content can be read again, for example when the server is idle.</summary>
    void Trim()
    {
    }

    /// <summary>The attributes of an entry.</summary>
    Attributes GetAttributes(NodeId node);

    /// <summary>Finds a name in a directory. Returns false if there is no such name; that is not a failure.</summary>
    bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes);

    /// <summary>The inode number of a directory's parent; the root's is its own.</summary>
    ulong GetParentInode(NodeId directory);

    /// <summary>
    /// Passes the entries of a directory (without <c>.</c> and <c>..</c>) to <paramref name="sink"/> until none is left or the sink refuses one.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="after">0 to start, otherwise the cookie of the last entry taken.</param>
    /// <param name="sink">Receives the entries.</param>
    void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink);

    /// <summary>Reads content of a file at a byte offset.</summary>
    /// <returns>Bytes read; fewer than requested only at the end of the file.</returns>
    int Read(NodeId file, long offset, Span<byte> destination);

    /// <summary>Copies a symlink's target (at most 4095 bytes) to the start of <paramref name="destination"/>.</summary>
    /// <returns>Its length in bytes.</returns>
    int ReadLink(NodeId symlink, Span<byte> destination);

    /// <summary>Reads an extended attribute by its full name (<c>user.mime_type</c>).</summary>
    /// <param name="node">The entry.</param>
    /// <param name="name">The full name.</param>
    /// <param name="destination">Receives the value; empty to query only the length.</param>
    /// <param name="length">The value's length in bytes.</param>
    /// <returns>False if the entry has no such attribute.</returns>
    /// <exception cref="TreeException"><see cref="TreeFailure.RangeTooSmall"/>.</exception>
    bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length);

    /// <summary>Lists the full names of an entry's extended attributes, each followed by a NUL.</summary>
    /// <param name="node">The entry.</param>
    /// <param name="destination">Receives the names; empty to query only the length.</param>
    /// <returns>Length of the list in bytes.</returns>
    /// <exception cref="TreeException"><see cref="TreeFailure.RangeTooSmall"/>.</exception>
    int ListXattrs(NodeId node, Span<byte> destination);

    /// <summary>
    /// Visits all extended attributes of an entry. A tree that can find an attribute only by scanning all of them does this in one pass.
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
    /// The first offset, at or after a given one, where content may differ from zeros. The part before it need not be read. A tree that does not
    /// know returns the given offset.
    /// </summary>
    /// <returns>The offset: at least the given one, at most the file's length.</returns>
    long NextContent(NodeId file, long offset) => offset;
}

/// <summary>Receives the entries of a directory one at a time.</summary>
public interface IDirectorySink
{
    /// <summary>Receives an entry; <paramref name="name"/> is valid only during the call.</summary>
    /// <returns>False if the entry was not taken (no space): the listing stops before it.</returns>
    bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry);
}

/// <summary>Receives an extended attribute; both spans are valid only during the call.</summary>
/// <param name="name">The full name (<c>user.mime_type</c>).</param>
/// <param name="value">The value.</param>
public delegate void XattrVisitor(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

/// <summary>A readable tree that can find entries by their stable inode numbers, so that changes can be kept beside it.</summary>
public interface INumberedTree : IReadableTree
{
    /// <summary>Highest inode number that any generation of this tree has assigned: new entries get higher numbers.</summary>
    ulong HighestInode { get; }

    /// <summary>Finds an entry by its inode number.</summary>
    /// <returns>False if no entry has that number.</returns>
    bool TryFindInode(ulong number, out NodeId node);
}

/// <summary>A tree that consists of another one and changes to it. It knows what is unchanged, so that a commit can leave that alone.</summary>
public interface ILayeredTree : INumberedTree
{
    /// <summary>The tree below.</summary>
    INumberedTree Base { get; }

    /// <summary>
    /// Whether an entry equals that of the tree below, including attributes, extended attributes, content, and a directory's names.
    /// </summary>
    bool IsUnchanged(NodeId node);

    /// <summary>
    /// The inode numbers of all entries that may differ from the tree below: changed and new ones. It may include entries that are unchanged after
    /// all, or removed. Its length depends on the changes, not on the size of the tree.
    /// </summary>
    IReadOnlyCollection<ulong> ChangedInodes { get; }

    /// <summary>The origin of a file's content, run by run.</summary>
    IReadOnlyList<ContentPiece> GetContent(NodeId file);
}

/// <summary>The origin of a run of content.</summary>
public enum ContentOrigin
{
    /// <summary>Unchanged from the tree below.</summary>
    Base,

    /// <summary>Written since.</summary>
    Written,

    /// <summary>Zeros that are not stored.</summary>
    Zeros,
}

/// <summary>A run of a file's content and its origin.</summary>
/// <param name="Offset">Its offset in the file. Pieces follow each other without gaps and end at the file's length.</param>
/// <param name="Length">Length in bytes: at least 1.</param>
/// <param name="Origin">Its origin.</param>
/// <param name="BaseInode">For <see cref="ContentOrigin.Base"/>: the inode number, in the tree below, of the file that holds the same bytes.</param>
/// <param name="BaseOffset">For <see cref="ContentOrigin.Base"/>: the offset of the bytes in that file.</param>
public readonly record struct ContentPiece(long Offset, long Length, ContentOrigin Origin, ulong BaseInode = 0, long BaseOffset = 0);

/// <summary>A part of a file that was read.</summary>
/// <param name="Path">The file's path from the root of its tree, without a slash at either end.</param>
/// <param name="Offset">Start of the part in bytes.</param>
/// <param name="Length">Length in bytes: at least 1.</param>
public readonly record struct UsedRange(ReadOnlyMemory<byte> Path, long Offset, long Length);

/// <summary>A part of the file that stores a tree.</summary>
/// <param name="Offset">Start in bytes.</param>
/// <param name="Length">Length in bytes: at least 1.</param>
public readonly record struct StoredRange(long Offset, long Length);

/// <summary>What to look for in a file.</summary>
public enum SeekTarget
{
    /// <summary>Bytes that are stored.</summary>
    Data,

    /// <summary>Zeros that are not stored, or the end of the file.</summary>
    Hole,
}

/// <summary>Totals of a tree, for <c>statfs</c>.</summary>
/// <param name="Entries">Number of inodes.</param>
/// <param name="StoredBytes">Size of the stored tree in bytes.</param>
/// <param name="BlockSize">Preferred transfer size in bytes.</param>
public readonly record struct TreeTotals(long Entries, long StoredBytes, int BlockSize);
