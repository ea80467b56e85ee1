using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>A changed tree in memory, as simple as possible: all entries and bytes of an image, and the changes to them.</summary>
internal sealed class ModelTree : ILayeredTree
{
    private readonly Dictionary<uint, ModelNode> _nodes = [];

    public ModelTree(INumberedTree image)
    {
        Base = image;
        HighestInode = image.HighestInode;
        var attributes = image.GetAttributes(NodeId.Root);
        Root = Load(image, attributes);
        Root.Parent = Root;
        var pending = new Stack<(ModelNode Directory, NodeId Node)>([(Root, NodeId.Root)]);
        while (pending.TryPop(out var at))
        {
            var list = new EntryCollector();
            image.ReadDirectory(at.Node, 0, list);
            foreach (var (name, node) in list.Entries)
            {
                var found = image.GetAttributes(node);
                var isNew = !_nodes.TryGetValue((uint)found.Inode, out var child);
                child ??= Load(image, found);
                at.Directory.Children.Add(Encoding.Latin1.GetString(name), child);
                child.Names++;
                if (isNew && child.Kind == EntryKind.Directory)
                {
                    child.Parent = at.Directory;
                    pending.Push((child, node));
                }
            }
        }
    }

    public INumberedTree Base { get; private set; }

    public ulong HighestInode { get; private set; }

    public ModelNode Root { get; }

    public IEnumerable<ModelNode> All => _nodes.Values;

    public TreeTotals Totals => new(_nodes.Count, 0, 4096);

    public IReadOnlyCollection<ulong> ChangedInodes => [.. _nodes.Values.Where(node => node.IsDirty).Select(node => (ulong)node.Number)];

    public ModelNode New(EntryKind kind, Timestamp time, byte[]? target = null, uint major = 0, uint minor = 0)
    {
        var node = new ModelNode((uint)++HighestInode, kind)
        {
            Permissions = (ushort)(kind == EntryKind.Symlink ? 0x1FF : 0x1A4),
            Modified = time,
            Changed = time,
            IsDirty = true,
            Target = target ?? [],
            Major = major,
            Minor = minor,
        };
        _nodes.Add(node.Number, node);
        return node;
    }

    public static void Link(ModelNode directory, string name, ModelNode node)
    {
        directory.Children.Add(name, node);
        directory.IsDirty = node.IsDirty = true;
        node.Names++;
        if (node.Kind == EntryKind.Directory)
        {
            node.Parent = directory;
        }
    }

    public void Unlink(ModelNode directory, string name)
    {
        var node = directory.Children[name];
        directory.Children.Remove(name);
        directory.IsDirty = node.IsDirty = true;
        if (--node.Names == 0)
        {
            _nodes.Remove(node.Number);
        }
    }

    /// <summary>The changes were committed: this is the new base.</summary>
    public void Rebase(INumberedTree image)
    {
        Base = image;
        foreach (var node in _nodes.Values)
        {
            node.IsDirty = false;
            node.Pieces = WholeOf(node.Number, node.Content.Length);
        }
    }

    public Attributes GetAttributes(NodeId node) => AttributesOf(Node(node));

    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        var found = Node(directory).Children.TryGetValue(Encoding.Latin1.GetString(name), out var child);
        attributes = found ? AttributesOf(child!) : default;
        return found;
    }

    public ulong GetParentInode(NodeId directory) => Node(directory).Parent!.Number;

    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        var cookie = DirectoryEntry.FirstCookie;
        foreach (var (name, child) in Node(directory).Children)
        {
            if (++cookie > after && !sink.TryAdd(Encoding.Latin1.GetBytes(name), new DirectoryEntry(IdOf(child), child.Number, child.Kind, cookie)))
            {
                return;
            }
        }
    }

    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        var content = Node(file).Content;
        var part = content.AsSpan((int)Math.Min(offset, content.Length));
        part = part[..Math.Min(part.Length, destination.Length)];
        part.CopyTo(destination);
        return part.Length;
    }

    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        Node(symlink).Target.CopyTo(destination);
        return Node(symlink).Target.Length;
    }

    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        var found = Node(node).Xattrs.TryGetValue(Encoding.Latin1.GetString(name), out var value);
        length = value?.Length ?? 0;
        if (found && destination.Length > 0)
        {
            value.CopyTo(destination);
        }

        return found;
    }

    public int ListXattrs(NodeId node, Span<byte> destination)
    {
        var names = Encoding.Latin1.GetBytes(string.Concat(Node(node).Xattrs.Keys.Select(name => name + "\0")));
        if (destination.Length > 0)
        {
            names.CopyTo(destination);
        }

        return names.Length;
    }

    public bool TryFindInode(ulong number, out NodeId node)
    {
        var found = _nodes.TryGetValue((uint)number, out var entry);
        node = found ? IdOf(entry!) : default;
        return found;
    }

    public bool IsUnchanged(NodeId node) => !Node(node).IsDirty;

    public IReadOnlyList<ContentPiece> GetContent(NodeId file) => Node(file).Pieces;

    public void Dispose()
    {
    }

    private static List<ContentPiece> WholeOf(uint number, int length) =>
        length == 0 ? [] : [new ContentPiece(0, length, ContentOrigin.Base, number, 0)];

    private NodeId IdOf(ModelNode node) => node == Root ? NodeId.Root : new NodeId(node.Number + 1UL);

    private ModelNode Node(NodeId node) => node == NodeId.Root ? Root : _nodes[(uint)(node.Value - 1)];

    private Attributes AttributesOf(ModelNode node) => new()
    {
        Node = IdOf(node),
        Inode = node.Number,
        Kind = node.Kind,
        Permissions = node.Permissions,
        UserId = node.User,
        GroupId = node.Group,
        LinkCount = node.Kind == EntryKind.Directory
            ? 2 + (uint)node.Children.Values.Count(child => child.Kind == EntryKind.Directory)
            : (uint)node.Names,
        Size = node.Kind == EntryKind.Symlink ? node.Target.Length : node.Content.Length,
        Modified = node.Modified,
        Changed = node.Changed,
        DeviceMajor = node.Major,
        DeviceMinor = node.Minor,
    };

    private ModelNode Load(INumberedTree image, in Attributes attributes)
    {
        var room = new byte[4096];
        var node = new ModelNode((uint)attributes.Inode, attributes.Kind)
        {
            Permissions = attributes.Permissions,
            User = attributes.UserId,
            Group = attributes.GroupId,
            Modified = attributes.Modified,
            Changed = attributes.Changed,
            Major = attributes.DeviceMajor,
            Minor = attributes.DeviceMinor,
            Target = attributes.Kind == EntryKind.Symlink ? room[..image.ReadLink(attributes.Node, room)] : [],
        };
        if (attributes.Kind == EntryKind.File)
        {
            node.Content = new byte[attributes.Size];
            Assert.Equal(node.Content.Length, image.Read(attributes.Node, 0, node.Content));
            node.Pieces = WholeOf(node.Number, node.Content.Length);
        }

        var names = new byte[image.ListXattrs(attributes.Node, [])];
        _ = names.Length == 0 ? 0 : image.ListXattrs(attributes.Node, names);
        foreach (var name in Encoding.Latin1.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.True(image.TryGetXattr(attributes.Node, Encoding.Latin1.GetBytes(name), [], out var length));
            var value = new byte[length];
            _ = length == 0 || image.TryGetXattr(attributes.Node, Encoding.Latin1.GetBytes(name), value, out _);
            node.Xattrs.Add(name, value);
        }

        _nodes.Add(node.Number, node);
        return node;
    }
}
