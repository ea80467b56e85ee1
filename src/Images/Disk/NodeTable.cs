using System.Diagnostics.CodeAnalysis;
using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Images.Disk;

/// <summary>Gives every entry that was seen a node id: the same as long as the tree is open.</summary>
internal sealed class NodeTable
{
    private readonly Lock _gate = new();
    private readonly List<DiskNode> _nodes = [new DiskNode(parent: null, [])];
    private readonly Dictionary<Key, NodeId> _ids = new(KeyComparer.Instance);
    private readonly Dictionary<Key, NodeId>.AlternateLookup<KeySpan> _lookup;

    public NodeTable() => _lookup = _ids.GetAlternateLookup<KeySpan>();

    public DiskNode this[NodeId node]
    {
        get
        {
            lock (_gate)
            {
                return node.Value is > 0 && node.Value <= (ulong)_nodes.Count
                    ? _nodes[(int)node.Value - 1]
                    : throw new TreeException(TreeFailure.NotFound, $"There is no node {node.Value}.");
            }
        }
    }

    /// <summary>The id of a name of a directory.</summary>
    public NodeId IdOf(NodeId directory, ReadOnlySpan<byte> name)
    {
        lock (_gate)
        {
            if (_lookup.TryGetValue(new KeySpan(directory, name), out var known))
            {
                return known;
            }

            var node = new DiskNode(_nodes[(int)directory.Value - 1], name.ToArray());
            _nodes.Add(node);
            var id = new NodeId((ulong)_nodes.Count);
            _ids.Add(new Key(directory, node.Name), id);
            return id;
        }
    }

    /// <summary>The path of a node below the root, for a person to read.</summary>
    public static string PathOf(DiskNode node)
    {
        var names = new List<string>();
        for (var at = node; at.Parent is not null; at = at.Parent)
        {
            names.Add(Encoding.UTF8.GetString(at.Name));
        }

        names.Reverse();
        return string.Join('/', names);
    }

    private readonly record struct Key(NodeId Directory, byte[] Name);

    private readonly ref struct KeySpan(NodeId directory, ReadOnlySpan<byte> name)
    {
        public NodeId Directory { get; } = directory;

        public ReadOnlySpan<byte> Name { get; } = name;
    }

    private sealed class KeyComparer : IEqualityComparer<Key>, IAlternateEqualityComparer<KeySpan, Key>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals(Key x, Key y) => x.Directory == y.Directory && x.Name.AsSpan().SequenceEqual(y.Name);

        public int GetHashCode([DisallowNull] Key obj) => GetHashCode(new KeySpan(obj.Directory, obj.Name));

        public bool Equals(KeySpan alternate, Key other) => alternate.Directory == other.Directory && alternate.Name.SequenceEqual(other.Name);

        public int GetHashCode(KeySpan alternate)
        {
            var hash = default(HashCode);
            hash.Add(alternate.Directory.Value);
            hash.AddBytes(alternate.Name);
            return hash.ToHashCode();
        }

        public Key Create(KeySpan alternate) => new(alternate.Directory, alternate.Name.ToArray());
    }
}
