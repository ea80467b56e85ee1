using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>A tree of whose files and symlinks some have other content; all else is as it was. It owns nothing.</summary>
/// <param name="tree">The tree.</param>
/// <param name="contents">The other contents, of a symlink its target, by the handles that the tree has of them.</param>
internal sealed class RelocatedTree(IReadableTree tree, IReadOnlyDictionary<NodeId, RewrittenContent> contents) : IReadableTree
{
    /// <inheritdoc/>
    public TreeTotals Totals => tree.Totals;

    /// <inheritdoc/>
    public bool MayHaveXattrs => tree.MayHaveXattrs;

    /// <inheritdoc/>
    public Attributes GetAttributes(NodeId node) => Sized(tree.GetAttributes(node));

    /// <inheritdoc/>
    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        var found = tree.TryLookup(directory, name, out attributes);
        attributes = found ? Sized(attributes) : attributes;
        return found;
    }

    /// <inheritdoc/>
    public ulong GetParentInode(NodeId directory) => tree.GetParentInode(directory);

    /// <inheritdoc/>
    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) => tree.ReadDirectory(directory, after, sink);

    /// <inheritdoc/>
    public int Read(NodeId file, long offset, Span<byte> destination) =>
        contents.TryGetValue(file, out var content) ? content.Read(offset, destination) : tree.Read(file, offset, destination);

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination) =>
        contents.TryGetValue(symlink, out var target) ? target.Read(0, destination) : tree.ReadLink(symlink, destination);

    /// <inheritdoc/>
    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) =>
        tree.TryGetXattr(node, name, destination, out length);

    /// <inheritdoc/>
    public int ListXattrs(NodeId node, Span<byte> destination) => tree.ListXattrs(node, destination);

    /// <summary>Disposes of nothing: the tree belongs to whoever opened it.</summary>
    public void Dispose()
    {
    }

    private Attributes Sized(in Attributes attributes) =>
        contents.TryGetValue(attributes.Node, out var content) ? attributes with { Size = content.Length, AllocatedBytes = null } : attributes;
}
