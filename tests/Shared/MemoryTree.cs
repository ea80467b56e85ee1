using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Tests.Shared;

/// <summary>A small tree in memory, built by path. It must be complete before it is read.</summary>
internal sealed class MemoryTree : IReadableTree
{
    private readonly Dictionary<ulong, Node> _nodes = [];

    public MemoryTree() => _nodes[1] = new Node(1, EntryKind.Directory) { Parent = 1 };

    public TreeTotals Totals => new(_nodes.Count, _nodes.Values.Sum(node => (long)node.Content.Length), 128 * 1024);

    public bool MayHaveXattrs => _nodes.Values.Any(node => node.Xattrs.Count > 0);

    public Func<NodeId, Exception?> FailsReading { get; set; } = _ => null;

    public Func<NodeId, Exception?> FailsDescribing { get; set; } = _ => null;

    public NodeId AddDirectory(string path) => Add(path, EntryKind.Directory, []);

    public NodeId AddFile(string path, byte[] content) => Add(path, EntryKind.File, content);

    public NodeId AddFile(string path, string content) => AddFile(path, Encoding.UTF8.GetBytes(content));

    public NodeId AddSymlink(string path, string target) => Add(path, EntryKind.Symlink, Encoding.UTF8.GetBytes(target));

    public NodeId AddSpecial(string path, EntryKind kind, uint major = 0, uint minor = 0)
    {
        var id = Add(path, kind, []);
        Change(id, attributes => attributes with { DeviceMajor = major, DeviceMinor = minor });
        return id;
    }

    public void AddLink(string path, NodeId target)
    {
        var (parent, name) = Split(path);
        parent.Names.Add((Encoding.UTF8.GetBytes(name), target.Value));
        Change(target, attributes => attributes with { LinkCount = attributes.LinkCount + 1 });
    }

    public void Change(NodeId node, Func<Attributes, Attributes> change) => _nodes[node.Value].Attributes = change(_nodes[node.Value].Attributes);

    public void SetXattr(NodeId node, string name, byte[] value) => _nodes[node.Value].Xattrs.Add((Encoding.UTF8.GetBytes(name), value));

    public NodeId Find(string path)
    {
        var node = _nodes[1];
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = Encoding.UTF8.GetBytes(part);
            node = _nodes[node.Names.Single(entry => entry.Name.AsSpan().SequenceEqual(name)).Node];
        }

        return new NodeId(node.Id);
    }

    public Attributes GetAttributes(NodeId node)
    {
        Throw(FailsDescribing(node));
        return Get(node).Attributes;
    }

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        foreach (var entry in GetDirectory(directory).Names)
        {
            if (name.SequenceEqual(entry.Name))
            {
                attributes = GetAttributes(new NodeId(entry.Node));
                return true;
            }
        }

        attributes = default;
        return false;
    }

    public ulong GetParentInode(NodeId directory) => _nodes[GetDirectory(directory).Parent].Attributes.Inode;

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        var names = GetDirectory(directory).Names;
        for (var index = after == 0 ? 0 : (int)(after - DirectoryEntry.FirstCookie) + 1; index < names.Count; index++)
        {
            var node = _nodes[names[index].Node];
            var cookie = DirectoryEntry.FirstCookie + (ulong)index;
            if (!sink.TryAdd(names[index].Name, new(new(node.Id), node.Attributes.Inode, node.Attributes.Kind, cookie)))
            {
                return;
            }
        }
    }

    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        Throw(FailsReading(file));
        var node = Get(file);
        if (node.Attributes.Kind is not EntryKind.File)
        {
            throw new TreeException(node.Attributes.Kind is EntryKind.Directory ? TreeFailure.IsADirectory : TreeFailure.WrongKind, "not a file");
        }

        var rest = node.Content.AsSpan((int)Math.Min(offset, node.Content.Length));
        var length = Math.Min(rest.Length, destination.Length);
        rest[..length].CopyTo(destination);
        return length;
    }

    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        var node = Get(symlink);
        if (node.Attributes.Kind is not EntryKind.Symlink)
        {
            throw new TreeException(TreeFailure.WrongKind, "not a symlink");
        }

        node.Content.CopyTo(destination);
        return node.Content.Length;
    }

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        foreach (var xattr in Get(node).Xattrs)
        {
            if (name.SequenceEqual(xattr.Name))
            {
                length = Give(xattr.Value, destination);
                return true;
            }
        }

        length = 0;
        return false;
    }

    public int ListXattrs(NodeId node, Span<byte> destination) =>
        Give([.. Get(node).Xattrs.SelectMany(xattr => (byte[])[.. xattr.Name, 0])], destination);

    public void Dispose()
    {
    }

    private static int Give(byte[] value, Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return value.Length;
        }

        if (destination.Length < value.Length)
        {
            throw new TreeException(TreeFailure.RangeTooSmall, "too small");
        }

        value.CopyTo(destination);
        return value.Length;
    }

    private static void Throw(Exception? exception)
    {
        if (exception is not null)
        {
            throw exception;
        }
    }

    private NodeId Add(string path, EntryKind kind, byte[] content)
    {
        var (parent, name) = Split(path);
        var node = new Node((ulong)_nodes.Count + 1, kind) { Content = content, Parent = parent.Id };
        node.Attributes = node.Attributes with { Size = content.Length };
        _nodes.Add(node.Id, node);
        parent.Names.Add((Encoding.UTF8.GetBytes(name), node.Id));
        if (kind is EntryKind.Directory)
        {
            parent.Attributes = parent.Attributes with { LinkCount = parent.Attributes.LinkCount + 1 };
        }

        return new NodeId(node.Id);
    }

    private (Node Parent, string Name) Split(string path)
    {
        var cut = path.LastIndexOf('/');
        return (_nodes[Find(cut < 0 ? "" : path[..cut]).Value], path[(cut + 1)..]);
    }

    private Node Get(NodeId id) =>
        _nodes.TryGetValue(id.Value, out var node) ? node : throw new TreeException(TreeFailure.NotFound, $"no node {id.Value}");

    private Node GetDirectory(NodeId id) =>
        Get(id) is { Attributes.Kind: EntryKind.Directory } node ? node : throw new TreeException(TreeFailure.NotADirectory, "not a directory");

    private sealed class Node(ulong id, EntryKind kind)
    {
        public ulong Id { get; } = id;

        public ulong Parent { get; init; }

        public byte[] Content { get; init; } = [];

        public List<(byte[] Name, ulong Node)> Names { get; } = [];

        public List<(byte[] Name, byte[] Value)> Xattrs { get; } = [];

        public Attributes Attributes { get; set; } = new()
        {
            Node = new NodeId(id),
            Inode = id + 100,
            Kind = kind,
            Permissions = (ushort)(kind is EntryKind.Directory ? 0x1ED : 0x1A4),
            LinkCount = kind is EntryKind.Directory ? 2u : 1u,
            Size = 0,
            Modified = new Timestamp(1_600_000_000),
            Changed = new Timestamp(1_600_000_000),
        };
    }
}
