using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Union;

/// <summary>Counts reads of content, and reports lookups.</summary>
internal sealed class CountingTree(INumberedTree tree) : INumberedTree
{
    public int ContentReads { get; private set; }

    public bool IsDisposed { get; private set; }

    /// <summary>Called before a name is looked up.</summary>
    public Action<string>? OnLookup { get; set; }

    public TreeTotals Totals => tree.Totals;

    public bool MayHaveXattrs => tree.MayHaveXattrs;

    public ulong HighestInode => tree.HighestInode;

    public bool TryFindInode(ulong number, out NodeId node) => tree.TryFindInode(number, out node);

    public Attributes GetAttributes(NodeId node) => tree.GetAttributes(node);

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        OnLookup?.Invoke(Encoding.UTF8.GetString(name));
        return tree.TryLookup(directory, name, out attributes);
    }

    public ulong GetParentInode(NodeId directory) => tree.GetParentInode(directory);

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) => tree.ReadDirectory(directory, after, sink);

    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        ContentReads++;
        return tree.Read(file, offset, destination);
    }

    public int ReadLink(NodeId symlink, Span<byte> destination) => tree.ReadLink(symlink, destination);

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) =>
        tree.TryGetXattr(node, name, destination, out length);

    public int ListXattrs(NodeId node, Span<byte> destination) => tree.ListXattrs(node, destination);

    public void Dispose()
    {
        IsDisposed = true;
        tree.Dispose();
    }
}
