using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Crash;

/// <summary>The result of committing a snapshot: a copy of everything, with the same numbers.</summary>
internal sealed class FrozenTree : INumberedTree
{
    private readonly Dictionary<ulong, Entry> _entries = [];
    private readonly ulong _root;

    public FrozenTree(INumberedTree tree)
    {
        _root = tree.GetAttributes(NodeId.Root).Inode;
        HighestInode = tree.HighestInode;
        Totals = tree.Totals;
        Copy(tree, NodeId.Root, _root);
    }

    public ulong HighestInode { get; }

    public TreeTotals Totals { get; }

    public bool TryFindInode(ulong number, out NodeId node)
    {
        node = NodeOf(number);
        return _entries.ContainsKey(number);
    }

    public Attributes GetAttributes(NodeId node) => Find(node).Attributes;

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        var isThere = Find(directory).Names.TryGetValue(Encoding.Latin1.GetString(name), out var number);
        attributes = isThere ? _entries[number].Attributes : default;
        return isThere;
    }

    public ulong GetParentInode(NodeId directory) => Find(directory).Parent;

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        var cookie = DirectoryEntry.FirstCookie;
        foreach (var (name, number) in Find(directory).Names)
        {
            var attributes = _entries[number].Attributes;
            if (++cookie > after
                && !sink.TryAdd(Encoding.Latin1.GetBytes(name), new DirectoryEntry(attributes.Node, number, attributes.Kind, cookie)))
            {
                return;
            }
        }
    }

    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        var rest = Find(file).Content.AsSpan((int)Math.Min(offset, Find(file).Content.Length));
        var length = Math.Min(rest.Length, destination.Length);
        rest[..length].CopyTo(destination);
        return length;
    }

    public int ReadLink(NodeId symlink, Span<byte> destination) => Read(symlink, 0, destination);

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        var isThere = Find(node).Xattrs.TryGetValue(Encoding.Latin1.GetString(name), out var value);
        length = value?.Length ?? 0;
        if (isThere && !destination.IsEmpty)
        {
            value.CopyTo(destination);
        }

        return isThere;
    }

    public int ListXattrs(NodeId node, Span<byte> destination)
    {
        var names = Encoding.Latin1.GetBytes(string.Concat(Find(node).Xattrs.Keys.Select(name => name + '\0')));
        if (!destination.IsEmpty)
        {
            names.CopyTo(destination);
        }

        return names.Length;
    }

    public void Dispose()
    {
    }

    private NodeId NodeOf(ulong number) => number == _root ? NodeId.Root : new NodeId(number + 1);

    private Entry Find(NodeId node) =>
        _entries.TryGetValue(node == NodeId.Root ? _root : node.Value - 1, out var entry)
            ? entry
            : throw new TreeException(TreeFailure.NotFound, $"no node {node.Value}");

    private void Copy(INumberedTree tree, NodeId node, ulong parent)
    {
        var attributes = tree.GetAttributes(node);
        var entry = new Entry(
            attributes with { Node = NodeOf(attributes.Inode), Accessed = null, OwnerWasSet = false, AllocatedBytes = null }, parent);
        if (!_entries.TryAdd(attributes.Inode, entry))
        {
            return;
        }

        var names = new byte[tree.ListXattrs(node, [])];
        tree.ListXattrs(node, names);
        foreach (var name in Encoding.Latin1.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            tree.TryGetXattr(node, Encoding.Latin1.GetBytes(name), [], out var length);
            var value = new byte[length];
            tree.TryGetXattr(node, Encoding.Latin1.GetBytes(name), value, out _);
            entry.Xattrs[name] = value;
        }

        entry.Content = new byte[attributes.Kind is EntryKind.File or EntryKind.Symlink ? attributes.Size : 0];
        switch (attributes.Kind)
        {
            case EntryKind.File:
                tree.Read(node, 0, entry.Content);
                break;
            case EntryKind.Symlink:
                tree.ReadLink(node, entry.Content);
                break;
            case EntryKind.Directory:
                var sink = new Sink();
                tree.ReadDirectory(node, 0, sink);
                foreach (var (name, child, inode) in sink.Names)
                {
                    entry.Names[name] = inode;
                    Copy(tree, child, attributes.Inode);
                }

                break;
            default:
                break;
        }
    }

    private sealed class Entry(Attributes attributes, ulong parent)
    {
        public Attributes Attributes => attributes;

        public ulong Parent => parent;

        public SortedDictionary<string, ulong> Names { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, byte[]> Xattrs { get; } = new(StringComparer.Ordinal);

        public byte[] Content { get; set; } = [];
    }

    private sealed class Sink : IDirectorySink
    {
        public List<(string Name, NodeId Node, ulong Inode)> Names { get; } = [];

        public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
        {
            Names.Add((Encoding.Latin1.GetString(name), entry.Node, entry.Inode));
            return true;
        }
    }
}
