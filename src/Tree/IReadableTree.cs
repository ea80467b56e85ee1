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

    /// <summary>Which parts of the file that stores the tree were read since it was opened; empty where that is not known.</summary>
    IReadOnlyList<StoredRange> StoredReads => [];

    /// <summary>Gives back memory that only holds what can be read again, as when nobody reads for a while.</summary>
    void Trim()
    {
    }

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

/// <summary>Takes the entries of a directory one by one.</summary>
public interface IDirectorySink
{
    /// <summary>Takes an entry; <paramref name="name"/> is valid during the call only.</summary>
    /// <returns>False if the entry was not taken (no room): the reading stops before it.</returns>
    bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry);
}

/// <summary>Takes an extended attribute; both spans are valid until it returns.</summary>
/// <param name="name">The full name (<c>user.mime_type</c>).</param>
/// <param name="value">The value.</param>
public delegate void XattrVisitor(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);

/// <summary>A readable tree whose entries can be found by their stable inode numbers: what changes can be kept beside.</summary>
public interface INumberedTree : IReadableTree
{
    /// <summary>Highest inode number that any generation of this tree ever gave: new entries get numbers above.</summary>
    ulong HighestInode { get; }

    /// <summary>Finds an entry by its inode number.</summary>
    /// <returns>False if no entry has that number.</returns>
    bool TryFindInode(ulong number, out NodeId node);
}

/// <summary>A tree that is another one with changes: it tells what is as it was, so that a commit can leave that alone.</summary>
public interface ILayeredTree : INumberedTree
{
    /// <summary>The tree below.</summary>
    INumberedTree Base { get; }

    /// <summary>
    /// Whether an entry, with its attributes, extended attributes, content and (of a directory) names, is as it is in the tree below.
    /// </summary>
    bool IsUnchanged(NodeId node);

    /// <summary>
    /// The inode numbers of all entries of which that may not be so: changed ones and new ones. It may name entries that are as they were after all,
    /// or gone; its length follows the changes, not the tree.
    /// </summary>
    IReadOnlyCollection<ulong> ChangedInodes { get; }

    /// <summary>Where the content of a file comes from, run by run.</summary>
    IReadOnlyList<ContentPiece> GetContent(NodeId file);
}

/// <summary>Where a run of content comes from.</summary>
public enum ContentOrigin
{
    /// <summary>It is as it was in the tree below.</summary>
    Base,

    /// <summary>It was written since.</summary>
    Written,

    /// <summary>Zeros that are not stored.</summary>
    Zeros,
}

/// <summary>A run of a file's content and where it comes from.</summary>
/// <param name="Offset">Where in the file it begins; pieces follow each other without gaps and end at the file's length.</param>
/// <param name="Length">Its bytes: at least 1.</param>
/// <param name="Origin">What it is.</param>
/// <param name="BaseInode">For <see cref="ContentOrigin.Base"/>: the inode number, in the tree below, of the file that holds the same bytes.</param>
/// <param name="BaseOffset">For <see cref="ContentOrigin.Base"/>: where in that file they begin.</param>
public readonly record struct ContentPiece(long Offset, long Length, ContentOrigin Origin, ulong BaseInode = 0, long BaseOffset = 0);

/// <summary>A part of a file that somebody read.</summary>
/// <param name="Path">The file's path from the root of its tree, without a slash at either end.</param>
/// <param name="Offset">Where the part begins, in bytes.</param>
/// <param name="Length">Its bytes: at least 1.</param>
public readonly record struct UsedRange(ReadOnlyMemory<byte> Path, long Offset, long Length);

/// <summary>A part of the file that stores a tree.</summary>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Length">Its bytes: at least 1.</param>
public readonly record struct StoredRange(long Offset, long Length);

/// <summary>What to look for in a file.</summary>
public enum SeekTarget
{
    /// <summary>Bytes that are stored.</summary>
    Data,

    /// <summary>Zeros that are not stored, or the end of the file.</summary>
    Hole,
}

/// <summary>Totals of a tree, as <c>statfs</c> wants them.</summary>
/// <param name="Entries">Number of inodes.</param>
/// <param name="StoredBytes">Bytes that the tree takes where it is stored.</param>
/// <param name="BlockSize">Preferred size of a transfer in bytes.</param>
public readonly record struct TreeTotals(long Entries, long StoredBytes, int BlockSize);
