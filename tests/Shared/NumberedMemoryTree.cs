using CondaFuse.Tree;

namespace CondaFuse.Tests.Shared;

/// <summary>A <see cref="MemoryTree"/> whose entries are found by number.</summary>
internal sealed class NumberedMemoryTree(MemoryTree tree) : INumberedTree
{
    private readonly ulong _first = tree.GetAttributes(NodeId.Root).Inode;

    public TreeTotals Totals => tree.Totals;

    public bool MayHaveXattrs => tree.MayHaveXattrs;

    public ulong HighestInode => _first + (ulong)tree.Totals.Entries - 1;

    public bool TryFindInode(ulong number, out NodeId node)
    {
        node = new NodeId(number - _first + 1);
        return number >= _first && number <= HighestInode;
    }

    public Attributes GetAttributes(NodeId node) => tree.GetAttributes(node);

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes) => tree.TryLookup(directory, name, out attributes);

    public ulong GetParentInode(NodeId directory) => tree.GetParentInode(directory);

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) => tree.ReadDirectory(directory, after, sink);

    public int Read(NodeId file, long offset, Span<byte> destination) => tree.Read(file, offset, destination);

    public int ReadLink(NodeId symlink, Span<byte> destination) => tree.ReadLink(symlink, destination);

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) =>
        tree.TryGetXattr(node, name, destination, out length);

    public int ListXattrs(NodeId node, Span<byte> destination) => tree.ListXattrs(node, destination);

    public void Dispose() => tree.Dispose();
}
