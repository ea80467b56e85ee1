using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>A directory of a tree as the root of one; its entries keep the handles that they have there. It owns nothing.</summary>
/// <param name="tree">The tree.</param>
/// <param name="top">The directory.</param>
internal sealed class TopOfTree(IReadableTree tree, NodeId top) : IReadableTree
{
    /// <inheritdoc/>
    public TreeTotals Totals => tree.Totals;

    /// <inheritdoc/>
    public Attributes GetAttributes(NodeId node) => tree.GetAttributes(Below(node));

    /// <inheritdoc/>
    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes) => tree.TryLookup(Below(directory), name, out attributes);

    /// <inheritdoc/>
    public ulong GetParentInode(NodeId directory) => tree.GetParentInode(Below(directory));

    /// <inheritdoc/>
    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) => tree.ReadDirectory(Below(directory), after, sink);

    /// <inheritdoc/>
    public int Read(NodeId file, long offset, Span<byte> destination) => tree.Read(file, offset, destination);

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination) => tree.ReadLink(symlink, destination);

    /// <inheritdoc/>
    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) => tree.TryGetXattr(Below(node), name, destination, out length);

    /// <inheritdoc/>
    public int ListXattrs(NodeId node, Span<byte> destination) => tree.ListXattrs(Below(node), destination);

    /// <summary>Disposes of nothing: the tree belongs to whoever opened it.</summary>
    public void Dispose()
    {
    }

    private NodeId Below(NodeId node) => node == NodeId.Root ? top : node;
}
