using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Images.Disk;

/// <summary>Gives every entry that was seen a node id: the same as long as the tree is open.</summary>
/// <remarks>An open hash table of ids over the nodes, 16 bytes a node at most: a large environment has hundreds of thousands.</remarks>
internal sealed class NodeTable
{
    private const int FewestSlots = 256;
    private readonly Lock _gate = new();
    private readonly List<DiskNode> _nodes = [new DiskNode(parent: null, [])];
    private readonly List<int> _hashes = [0];
    private int[] _slots = new int[FewestSlots];

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
            var parent = _nodes[(int)directory.Value - 1];
            var hash = Hash(directory, name);
            var slot = Slot(hash);
            for (; _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
            {
                var known = _slots[slot] - 1;
                if (_hashes[known] == hash && _nodes[known].Parent == parent && name.SequenceEqual(_nodes[known].Name))
                {
                    return new NodeId((ulong)known + 1);
                }
            }

            _nodes.Add(new DiskNode(parent, name.ToArray()));
            _hashes.Add(hash);
            _slots[slot] = _nodes.Count;
            if (_nodes.Count > _slots.Length / 4 * 3)
            {
                Grow();
            }

            return new NodeId((ulong)_nodes.Count);
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

    private static int Hash(NodeId directory, ReadOnlySpan<byte> name)
    {
        var hash = default(HashCode);
        hash.Add(directory.Value);
        hash.AddBytes(name);
        return hash.ToHashCode();
    }

    private int Slot(int hash) => hash & (_slots.Length - 1);

    private void Grow()
    {
        _slots = new int[2 * _slots.Length];
        for (var number = 2; number <= _nodes.Count; number++)
        {
            var slot = Slot(_hashes[number - 1]);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = number;
        }
    }
}
