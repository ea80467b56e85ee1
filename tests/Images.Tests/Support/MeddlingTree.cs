using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>A tree that runs an action just before content is read.</summary>
internal sealed class MeddlingTree(IReadableTree tree, Action beforeRead) : IReadableTree
{
    public TreeTotals Totals => tree.Totals;

    public Attributes GetAttributes(NodeId node) => tree.GetAttributes(node);

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes) => tree.TryLookup(directory, name, out attributes);

    public ulong GetParentInode(NodeId directory) => tree.GetParentInode(directory);

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) => tree.ReadDirectory(directory, after, sink);

    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        beforeRead();
        return tree.Read(file, offset, destination);
    }

    public int ReadLink(NodeId symlink, Span<byte> destination) => tree.ReadLink(symlink, destination);

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) =>
        tree.TryGetXattr(node, name, destination, out length);

    public int ListXattrs(NodeId node, Span<byte> destination) => tree.ListXattrs(node, destination);

    public void Dispose() => tree.Dispose();
}
