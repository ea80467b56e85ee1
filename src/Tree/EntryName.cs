namespace CondaFuse.Tree;

/// <summary>One component of a path: 1 to 255 bytes, any but NUL and <c>/</c>, and not <c>.</c> or <c>..</c>.</summary>
public static class EntryName
{
    /// <summary>Longest name in bytes.</summary>
    public const int MaxLength = 255;

    /// <summary>Whether the bytes are a legal name.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MaxLength
        && !name.ContainsAny((byte)0, (byte)'/')
        && !name.SequenceEqual("."u8)
        && !name.SequenceEqual(".."u8);
}

/// <summary>One name of a directory, as far as the listing itself tells; attributes cost a look at the inode.</summary>
/// <param name="Node">The tree's handle of the entry.</param>
/// <param name="Inode">Its inode number.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Cookie">
/// Where to go on after this entry (see <see cref="IReadableTree.ReadDirectory"/>): stable for the name, at least
/// <see cref="FirstCookie"/>.
/// </param>
public readonly record struct DirectoryEntry(NodeId Node, ulong Inode, EntryKind Kind, ulong Cookie)
{
    /// <summary>Cookies below this belong to whoever serves the tree (for <c>.</c> and <c>..</c>).</summary>
    public const ulong FirstCookie = 16;
}

/// <summary>
/// A tree's own handle of an entry. It is valid as long as the tree object is, and means nothing to another tree or
/// after a restart: what must outlive a session is the inode number (<see cref="Attributes.Inode"/>).
/// </summary>
/// <param name="Value">Chosen by the tree; 0 never names an entry, 1 always is the root.</param>
public readonly record struct NodeId(ulong Value)
{
    /// <summary>The root directory of every tree.</summary>
    public static NodeId Root => new(1);
}
