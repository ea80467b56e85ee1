namespace CondaFuse.Tree;

/// <summary>One component of a path: 1 to 255 bytes without NUL and <c>/</c>, and neither <c>.</c> nor <c>..</c>.</summary>
public static class EntryName
{
    /// <summary>Longest name in bytes.</summary>
    public const int MaxLength = 255;

    /// <summary>Whether the bytes are a valid name.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MaxLength
        && !name.ContainsAny((byte)0, (byte)'/')
        && !name.SequenceEqual("."u8)
        && !name.SequenceEqual(".."u8);
}

/// <summary>One name of a directory, with the information in the listing itself; attributes require reading the inode.</summary>
/// <param name="Node">The tree's handle for the entry.</param>
/// <param name="Inode">Its inode number.</param>
/// <param name="Kind">The kind of entry.</param>
/// <param name="Cookie">Where to continue after this entry (see <see cref="IReadableTree.ReadDirectory"/>): stable for the name, at least
/// <see cref="FirstCookie"/>.</param>
public readonly record struct DirectoryEntry(NodeId Node, ulong Inode, EntryKind Kind, ulong Cookie)
{
    /// <summary>Lower cookies are reserved for the server's own entries (<c>.</c> and <c>..</c>).</summary>
    public const ulong FirstCookie = 16;
}

/// <summary>
/// A tree's own handle for an entry. It is valid as long as the tree object, and has no meaning for another tree or after a restart. Use the inode
/// number (<see cref="Attributes.Inode"/>) for anything that outlives a session.
/// </summary>
/// <param name="Value">Chosen by the tree; 0 is never an entry, 1 is always the root.</param>
public readonly record struct NodeId(ulong Value)
{
    /// <summary>The root directory of every tree.</summary>
    public static NodeId Root => new(1);
}

/// <summary>The one entry that a mount shows and that is in no image and no changes: nothing packs it.</summary>
public static class VirtualEntry
{
    /// <summary>Its inode number, and the number of its node and cookie: above every number of an image or of changes.</summary>
    public const ulong Number = long.MaxValue - 1;
}
