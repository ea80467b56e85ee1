namespace CondaFuse.Tree;

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
