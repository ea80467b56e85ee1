using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Images.Disk;

/// <summary>Assigns a node id to every entry that was seen, valid while the tree is open.</summary>
internal sealed class NodeTable
{
    private readonly Lock _gate = new();
    private readonly ChunkedList<DiskNode> _nodes = new();
    private readonly ChunkedList<int> _hashes = new();
    private readonly IndexTable _numbers;

    public NodeTable()
    {
        _numbers = new IndexTable(number => _hashes[number]);
        _nodes.Add(new DiskNode(parent: null, []));
        _hashes.Add(0);
    }

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

    /// <summary>The node id of a name in a directory.</summary>
    public NodeId IdOf(NodeId directory, ReadOnlySpan<byte> name)
    {
        lock (_gate)
        {
            var parent = _nodes[(int)directory.Value - 1];
            var hash = Hash(directory, name);
            foreach (var known in _numbers.Find(hash))
            {
                if (_hashes[known] == hash && _nodes[known].Parent == parent && name.SequenceEqual(_nodes[known].Name))
                {
                    return new NodeId((ulong)known + 1);
                }
            }

            _numbers.Add(hash, _nodes.Count);
            _nodes.Add(new DiskNode(parent, name.ToArray()));
            _hashes.Add(hash);
            return new NodeId((ulong)_nodes.Count);
        }
    }

    /// <summary>The path of a node below the root, for messages.</summary>
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
}

/// <summary>An entry, by parent and name.</summary>
/// <param name="parent">The directory; null for the root.</param>
/// <param name="name">Its name there; empty for the root.</param>
internal sealed class DiskNode(DiskNode? parent, byte[] name)
{
    public DiskNode? Parent { get; } = parent;

    public byte[] Name { get; } = name;
}

/// <summary>
/// Assigns inode numbers to entries of file systems mounted below the tree, from 2^63 on, which no file system uses. Hard links stay recognizable,
/// and no two inodes share a number.
/// </summary>
internal sealed class ForeignInodes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(ulong FileSystem, ulong Inode), ulong> _numbers = [];

    public ulong NumberOf(ulong fileSystem, ulong inode)
    {
        lock (_gate)
        {
            if (!_numbers.TryGetValue((fileSystem, inode), out var number))
            {
                number = (1ul << 63) + (ulong)_numbers.Count;
                _numbers.Add((fileSystem, inode), number);
            }

            return number;
        }
    }
}
