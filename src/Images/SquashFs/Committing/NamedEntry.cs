using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>A name in a changed directory.</summary>
/// <param name="Name">The name.</param>
/// <param name="Node">The tree's handle of the entry.</param>
/// <param name="Number">Its inode number.</param>
/// <param name="Kind">What it is.</param>
internal readonly record struct NamedEntry(byte[] Name, NodeId Node, uint Number, EntryKind Kind);
