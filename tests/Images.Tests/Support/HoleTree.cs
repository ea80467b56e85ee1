using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>A tree with one long file that is a hole; counts reads.</summary>
internal sealed class HoleTree : IReadableTree
{
    private readonly MemoryTree _tree = new();
    private readonly NodeId _hole;
    private int _reads;

    public HoleTree(long length)
    {
        _hole = _tree.AddFile("hole", "");
        _tree.Change(_hole, attributes => attributes with { Size = length });
    }

    public int Reads => _reads;

    public TreeTotals Totals => _tree.Totals;

    public Attributes GetAttributes(NodeId node) => _tree.GetAttributes(node);

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes) => _tree.TryLookup(directory, name, out attributes);

    public ulong GetParentInode(NodeId directory) => _tree.GetParentInode(directory);

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) => _tree.ReadDirectory(directory, after, sink);

    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        Interlocked.Increment(ref _reads);
        destination.Clear();
        return destination.Length;
    }

    public int ReadLink(NodeId symlink, Span<byte> destination) => _tree.ReadLink(symlink, destination);

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) =>
        _tree.TryGetXattr(node, name, destination, out length);

    public int ListXattrs(NodeId node, Span<byte> destination) => _tree.ListXattrs(node, destination);

    public long NextContent(NodeId file, long offset) => GetAttributes(file).Size;

    public void Dispose() => _tree.Dispose();
}
