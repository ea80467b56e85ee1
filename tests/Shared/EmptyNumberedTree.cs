using CondaFuse.Tree;

namespace CondaFuse.Tests.Shared;

/// <summary>A tree with an empty root.</summary>
internal sealed class EmptyNumberedTree : INumberedTree
{
    public TreeTotals Totals => new(1, 0, 128 * 1024);

    public ulong HighestInode => 1;

    public bool TryFindInode(ulong number, out NodeId node)
    {
        node = NodeId.Root;
        return number == 1;
    }

    public Attributes GetAttributes(NodeId node) => node != NodeId.Root
        ? throw new TreeException(TreeFailure.NotFound, "only the root is there")
        : new Attributes
        {
            Node = node,
            Inode = 1,
            Kind = EntryKind.Directory,
            Permissions = 0x1ED,
            LinkCount = 2,
            Size = 3,
            Modified = new Timestamp(1_600_000_000),
            Changed = new Timestamp(1_600_000_000),
        };

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        attributes = default;
        return false;
    }

    public ulong GetParentInode(NodeId directory) => 1;

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
    }

    public int Read(NodeId file, long offset, Span<byte> destination) => throw new TreeException(TreeFailure.IsADirectory, "the root");

    public int ReadLink(NodeId symlink, Span<byte> destination) => throw new TreeException(TreeFailure.WrongKind, "the root");

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        length = 0;
        return false;
    }

    public int ListXattrs(NodeId node, Span<byte> destination) => 0;

    public void Dispose()
    {
    }
}
