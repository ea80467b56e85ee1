using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Comparing;

/// <summary>One of two trees that are compared. Entries are found by number; paths are worked out only when needed.</summary>
/// <param name="tree">The tree.</param>
internal sealed class ComparedTree(INumberedTree tree)
{
    private readonly Dictionary<ulong, byte[]> _paths = new() { [tree.GetAttributes(NodeId.Root).Inode] = [] };
    private readonly Dictionary<ulong, Dictionary<string, NamedEntry>> _listings = [];

    internal INumberedTree Tree => tree;

    /// <summary>The entry with a number, if it has a name in this tree.</summary>
    internal Attributes? Find(ulong inode)
    {
        if (_paths.TryGetValue(inode, out var path) && path.Length == 0)
        {
            return tree.GetAttributes(NodeId.Root);
        }

        return tree.TryFindInode(inode, out var node) && tree.GetAttributes(node) is { LinkCount: > 0 } found ? found : null;
    }

    /// <summary>A directory's names, as Latin-1 of their bytes.</summary>
    internal Dictionary<string, NamedEntry> List(in Attributes directory)
    {
        if (!_listings.TryGetValue(directory.Inode, out var names))
        {
            var path = PathOf(directory);
            byte[] parent = path.Length == 0 ? [] : [.. path, (byte)'/'];
            names = EntryCollector.Of(tree, directory.Node).ToDictionary(
                entry => Encoding.Latin1.GetString(entry.Name),
                entry => new NamedEntry([.. parent, .. entry.Name], entry.Inode, entry.Kind),
                StringComparer.Ordinal);
            _listings[directory.Inode] = names;
            foreach (var entry in names.Values.Where(entry => entry.Kind == EntryKind.Directory))
            {
                _paths[entry.Inode] = entry.Path;
            }
        }

        return names;
    }

    /// <summary>All names listed so far.</summary>
    internal IEnumerable<NamedEntry> Listed() => _listings.Values.SelectMany(names => names.Values);

    /// <summary>Finds the paths of entries, reading directories from the root until all are found.</summary>
    internal Dictionary<ulong, byte[]> FindPaths(HashSet<ulong> inodes)
    {
        var found = new Dictionary<ulong, byte[]>();
        var queue = new Queue<ulong>([tree.GetAttributes(NodeId.Root).Inode]);
        while (found.Count < inodes.Count && queue.TryDequeue(out var next) && Find(next) is { } directory)
        {
            foreach (var entry in List(directory).Values)
            {
                if (inodes.Contains(entry.Inode))
                {
                    found.TryAdd(entry.Inode, entry.Path);
                }

                if (entry.Kind == EntryKind.Directory)
                {
                    queue.Enqueue(entry.Inode);
                }
            }
        }

        return found;
    }

    /// <summary>All names of some entries: reads every directory.</summary>
    internal ILookup<ulong, (ulong Directory, string Name)> FindNames(HashSet<ulong> inodes)
    {
        FindPaths([.. inodes, 0]);
        return _listings.SelectMany(listing => listing.Value.Select(name => (name.Value.Inode, Place: (listing.Key, name.Key))))
            .Where(name => inodes.Contains(name.Inode))
            .ToLookup(name => name.Inode, name => name.Place);
    }

    /// <summary>A directory's path, from its parents' listings.</summary>
    private byte[] PathOf(in Attributes directory)
    {
        if (_paths.TryGetValue(directory.Inode, out var known))
        {
            return known;
        }

        var parent = Find(tree.GetParentInode(directory.Node)) ?? throw Lost(directory.Inode);
        List(parent);
        return _paths.TryGetValue(directory.Inode, out known) ? known : throw Lost(directory.Inode);
    }

    private static TreeException Lost(ulong inode) => new(TreeFailure.Corrupt, $"directory {inode} is in none of its parent's names");
}

/// <summary>A name in a listed directory.</summary>
/// <param name="Path">From the root.</param>
/// <param name="Inode">The entry's number.</param>
/// <param name="Kind">The kind of entry.</param>
internal sealed record NamedEntry(byte[] Path, ulong Inode, EntryKind Kind);
