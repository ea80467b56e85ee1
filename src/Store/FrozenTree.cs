using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>
/// A read-only environment with a file <c>conda-meta/frozen</c> (CEP 22) that only the mount shows: conda refuses to change the environment, and
/// prints the message in it. Owns the tree below.
/// </summary>
public sealed class FrozenTree : IReadableTree
{
    private const ulong Reserved = VirtualEntry.Number;

    private const ushort ReadableByAll = 0b100_100_100;

    private readonly IReadableTree _below;
    private readonly NodeId _metadata;
    private readonly Attributes _attributes;
    private readonly byte[] _content;

    private FrozenTree(IReadableTree below, Attributes metadata, byte[] content)
    {
        (_below, _metadata, _content) = (below, metadata.Node, content);
        _attributes = metadata with
        {
            Node = new NodeId(Reserved), Inode = Reserved, Kind = EntryKind.File, Permissions = ReadableByAll, LinkCount = 1, Size = content.Length,
        };
    }

    private static ReadOnlySpan<byte> Name => "frozen"u8;

    /// <summary>Adds the file, unless the tree holds no environment or has such a file already.</summary>
    /// <param name="tree">The tree, which never changes.</param>
    /// <param name="name">The archive's name without extension.</param>
    /// <param name="message">Why the environment cannot be changed, and what helps.</param>
    public static IReadableTree Show(IReadableTree tree, string name, string message)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var top = PrefixLocator.Locate(tree, name);
        var prefix = NodeId.Root;
        if (top.Length > 0)
        {
            if (!tree.TryLookup(NodeId.Root, Encoding.UTF8.GetBytes(top), out var folder))
            {
                return tree;
            }

            prefix = folder.Node;
        }

        return tree.TryLookup(prefix, "conda-meta"u8, out var metadata) && metadata.Kind == EntryKind.Directory
            && !tree.TryLookup(metadata.Node, Name, out _)
                ? new FrozenTree(tree, metadata, [.. JsonText.Object(json => json.WriteString("message", message)), (byte)'\n'])
                : tree;
    }

    /// <inheritdoc/>
    public TreeTotals Totals => _below.Totals;

    /// <inheritdoc/>
    public bool MayHaveXattrs => _below.MayHaveXattrs;

    /// <inheritdoc/>
    public IReadOnlyList<StoredRange> StoredReads => _below.StoredReads;

    /// <inheritdoc/>
    public bool HasFirstUses => _below.HasFirstUses;

    /// <inheritdoc/>
    public void Trim() => _below.Trim();

    /// <inheritdoc/>
    public Attributes GetAttributes(NodeId node) => IsOurs(node) ? _attributes : _below.GetAttributes(node);

    /// <inheritdoc/>
    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        if (directory != _metadata || !name.SequenceEqual(Name))
        {
            return _below.TryLookup(directory, name, out attributes);
        }

        attributes = _attributes;
        return true;
    }

    /// <inheritdoc/>
    public ulong GetParentInode(NodeId directory) => _below.GetParentInode(directory);

    /// <inheritdoc/>
    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        if (directory != _metadata)
        {
            _below.ReadDirectory(directory, after, sink);
        }
        else if (after != Reserved)
        {
            var watched = new WatchedSink(sink);
            _below.ReadDirectory(directory, after, watched);
            if (!watched.IsFull)
            {
                sink.TryAdd(Name, new DirectoryEntry(new NodeId(Reserved), Reserved, EntryKind.File, Reserved));
            }
        }
    }

    /// <inheritdoc/>
    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        if (!IsOurs(file))
        {
            return _below.Read(file, offset, destination);
        }

        var left = _content.AsSpan((int)Math.Clamp(offset, 0, _content.Length));
        left = left[..Math.Min(left.Length, destination.Length)];
        left.CopyTo(destination);
        return left.Length;
    }

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination) => _below.ReadLink(symlink, destination);

    /// <inheritdoc/>
    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        length = 0;
        return !IsOurs(node) && _below.TryGetXattr(node, name, destination, out length);
    }

    /// <inheritdoc/>
    public int ListXattrs(NodeId node, Span<byte> destination) => IsOurs(node) ? 0 : _below.ListXattrs(node, destination);

    /// <inheritdoc/>
    public void VisitXattrs(NodeId node, XattrVisitor visit)
    {
        if (!IsOurs(node))
        {
            _below.VisitXattrs(node, visit);
        }
    }

    /// <inheritdoc/>
    public long NextContent(NodeId file, long offset) => IsOurs(file) ? offset : _below.NextContent(file, offset);

    /// <inheritdoc/>
    public void Dispose() => _below.Dispose();

    private static bool IsOurs(NodeId node) => node.Value == Reserved;

    private sealed class WatchedSink(IDirectorySink sink) : IDirectorySink
    {
        public bool IsFull { get; private set; }

        public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
        {
            IsFull = !sink.TryAdd(name, entry);
            return !IsFull;
        }
    }
}
