namespace CondaFuse.Tree;

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
