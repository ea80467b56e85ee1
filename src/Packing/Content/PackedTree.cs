using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>The packed environment as a tree: entries of a source, some with replaced content, and additional entries. Nothing is copied.</summary>
internal sealed class PackedTree : IReadableTree, IFileLinks
{
    /// <summary>First inode number of additional entries, beyond the numbers of file systems.</summary>
    private const ulong FirstOwnInode = 1UL << 62;

    private readonly IReadableTree _source;
    private readonly List<PackedNode> _nodes = [];

    /// <summary>Numbers all entries below a root.</summary>
    public PackedTree(IReadableTree source, PackedNode root)
    {
        _source = source;
        Number(root);
        Totals = new TreeTotals(_nodes.Count, _nodes.Where(node => node.Attributes.Kind == EntryKind.File).Sum(node => node.Attributes.Size), 4096);
    }

    /// <inheritdoc/>
    public TreeTotals Totals { get; }

    /// <inheritdoc/>
    public bool MayHaveXattrs => _source.MayHaveXattrs;

    /// <inheritdoc/>
    public Attributes GetAttributes(NodeId node) => Get(node).Attributes;

    /// <inheritdoc/>
    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        var found = Get(directory).Children.TryGetValue(name.ToArray(), out var node);
        attributes = found ? node!.Attributes : default;
        return found;
    }

    /// <inheritdoc/>
    public ulong GetParentInode(NodeId directory) => (Get(directory).Parent ?? Get(directory)).Attributes.Inode;

    /// <inheritdoc/>
    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        var children = Get(directory).Children;
        for (var i = after == 0 ? 0 : (int)(after - DirectoryEntry.FirstCookie) + 1; i < children.Count; i++)
        {
            var child = children.GetValueAtIndex(i).Attributes;
            if (!sink.TryAdd(
                    children.GetKeyAtIndex(i), new DirectoryEntry(child.Node, child.Inode, child.Kind, DirectoryEntry.FirstCookie + (ulong)i)))
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        var node = Get(file);
        return node.Content is { } content ? content.Read(offset, destination) : _source.Read(node.Source!.Value, offset, destination);
    }

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        var node = Get(symlink);
        return node.Content is { } target ? target.Read(0, destination) : _source.ReadLink(node.Source!.Value, destination);
    }

    /// <inheritdoc/>
    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        length = 0;
        return Get(node).Source is { } source && _source.TryGetXattr(source, name, destination, out length);
    }

    /// <inheritdoc/>
    public int ListXattrs(NodeId node, Span<byte> destination) => Get(node).Source is { } source ? _source.ListXattrs(source, destination) : 0;

    /// <inheritdoc/>
    public void VisitXattrs(NodeId node, XattrVisitor visit)
    {
        if (Get(node).Source is { } source)
        {
            _source.VisitXattrs(source, visit);
        }
    }

    /// <inheritdoc/>
    public long NextContent(NodeId file, long offset) =>
        Get(file) is { Content: null, Source: { } source } ? _source.NextContent(source, offset) : offset;

    /// <inheritdoc/>
    public bool TryLink(NodeId file, HandleLease directory, ReadOnlySpan<byte> name)
    {
        var node = Get(file);
        return node is { MayLink: true, Content: null } && _source is IFileLinks links && links.TryLink(node.Source!.Value, directory, name);
    }

    /// <summary>Disposes of nothing: the caller owns the source.</summary>
    public void Dispose()
    {
    }

    private PackedNode Get(NodeId node) =>
        node.Value is > 0 && node.Value <= (ulong)_nodes.Count
            ? _nodes[(int)node.Value - 1]
            : throw new TreeException(TreeFailure.NotFound, $"There is no node {node.Value}.");

    private void Number(PackedNode root)
    {
        var pending = new Stack<PackedNode>([root]);
        while (pending.TryPop(out var node))
        {
            _nodes.Add(node);
            var id = (ulong)_nodes.Count;
            var isOwn = node.Content is not null || node.Source is null;
            node.Attributes = node.Attributes with
            {
                Node = new NodeId(id),
                Inode = isOwn ? FirstOwnInode + id : node.Attributes.Inode,
                LinkCount = isOwn ? 1 : node.Attributes.LinkCount,
                Size = node.Content?.Length ?? node.Attributes.Size,
            };
            foreach (var child in node.Children.Values)
            {
                pending.Push(child);
            }
        }
    }
}

/// <summary>An entry of the packed environment.</summary>
/// <param name="name">Its name; empty for the root.</param>
/// <param name="attributes">The source's attributes; handle and length are replaced.</param>
/// <param name="parent">Its directory; null for the root.</param>
internal sealed class PackedNode(byte[] name, Attributes attributes, PackedNode? parent)
{
    public byte[] Name { get; } = name;

    public Attributes Attributes { get; set; } = attributes;

    public PackedNode? Parent { get; } = parent;

    /// <summary>The source's handle for the entry; null for an additional entry.</summary>
    public NodeId? Source { get; init; }

    /// <summary>The replacement of the source's content or symlink target.</summary>
    public RewrittenContent? Content { get; init; }

    /// <summary>Whether it may be a hard link to the source's file in a packed directory: files installed by conda are not written to.</summary>
    public bool MayLink { get; init; }

    /// <summary>A directory's entries, in byte order of names.</summary>
    public SortedList<byte[], PackedNode> Children { get; } = new(NameOrder.Instance);

    private sealed class NameOrder : IComparer<byte[]>
    {
        public static NameOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
