using System.Text;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>An environment in a tree, of which only a few files are read; no data of the others is kept.</summary>
internal sealed class EnvironmentTree
{
    /// <summary>Maximum total size of all records in bytes: far more than any environment has.</summary>
    private const long MaxRecords = 256 << 20;
    private const long LargestRecord = 32 << 20; // parsing it takes twelve times as much memory
    private const int LongestTarget = 4095;

    private readonly IReadableTree _tree;
    private readonly NodeId _root;
    private readonly NodeId _metadata;
    private readonly List<(string Package, Attributes File)> _records = [];

    private EnvironmentTree(IReadableTree tree, NodeId root, string name, in Attributes metadata) =>
        (_tree, _root, Name, _metadata, MetadataInode) = (tree, root, name, metadata.Node, metadata.Inode);

    /// <summary>Name of the directory that is the environment; empty where that is the tree's root.</summary>
    public string Name { get; }

    /// <summary>The inode number of <c>conda-meta</c>.</summary>
    public ulong MetadataInode { get; }

    /// <summary>Opens the environment in a directory; null if there is none.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="top">The directory; empty for the tree's root.</param>
    /// <param name="name">The directory's name where the tree is only a part of an archive.</param>
    public static EnvironmentTree? TryOpen(IReadableTree tree, string top, string? name = null)
    {
        var root = NodeId.Root;
        if (top.Length > 0)
        {
            if (!tree.TryLookup(NodeId.Root, Encoding.UTF8.GetBytes(top), out var found) || found.Kind != EntryKind.Directory)
            {
                return null;
            }

            root = found.Node;
        }

        return tree.TryLookup(root, "conda-meta"u8, out var metadata) && metadata.Kind == EntryKind.Directory
            ? new EnvironmentTree(tree, root, name ?? top, metadata)
            : null;
    }

    /// <summary>Whether a path exists.</summary>
    public bool Has(string path) => Describe(path) is not null;

    /// <summary>The attributes of the entry at a path; null if there is none.</summary>
    public Attributes? Describe(string path)
    {
        var attributes = _tree.GetAttributes(_root);
        foreach (var name in path.Split('/'))
        {
            if (attributes.Kind != EntryKind.Directory || !_tree.TryLookup(attributes.Node, Encoding.UTF8.GetBytes(name), out attributes))
            {
                return null;
            }
        }

        return attributes;
    }

    /// <summary>The attributes of an entry.</summary>
    public Attributes Describe(NodeId node) => _tree.GetAttributes(node);

    /// <summary>Reads a whole file.</summary>
    public byte[] Read(string path) => Read(
        Describe(path) is { Kind: EntryKind.File } file ? file : throw new TreeException(TreeFailure.NotFound, $"There is no file {path}."));

    /// <summary>Reads a whole file.</summary>
    public byte[] Read(in Attributes file)
    {
        var content = new byte[checked((int)file.Size)];
        return _tree.Read(file.Node, 0, content) == content.Length
            ? content
            : throw new TreeException(TreeFailure.Corrupt, $"Inode {file.Inode} is shorter than its length.");
    }

    /// <summary>Reads the start of a file.</summary>
    public byte[] ReadStart(in Attributes file, int length)
    {
        var content = new byte[(int)Math.Min(file.Size, length)];
        return content[.._tree.Read(file.Node, 0, content)];
    }

    /// <summary>A symlink's target.</summary>
    public byte[] ReadLink(NodeId symlink)
    {
        var target = new byte[LongestTarget];
        return target[.._tree.ReadLink(symlink, target)];
    }

    /// <summary>The entries of <c>bin</c>.</summary>
    public IReadOnlyList<CollectedEntry> Programs() =>
        Describe("bin") is { Kind: EntryKind.Directory } bin ? EntryCollector.SortedOf(_tree, bin.Node) : [];

    /// <summary>The byte code of a module for any version of Python.</summary>
    /// <param name="folder">The <c>__pycache__</c> folder of its directory.</param>
    /// <param name="module">Its name.</param>
    public IEnumerable<(string Path, Attributes File)> ByteCodeOf(string folder, string module)
    {
        if (Describe(folder) is not { Kind: EntryKind.Directory } directory)
        {
            yield break;
        }

        foreach (var entry in EntryCollector.SortedOf(_tree, directory.Node))
        {
            var name = Encoding.UTF8.GetString(entry.Name);
            if (entry.Kind == EntryKind.File
                && name.StartsWith($"{module}.", StringComparison.Ordinal)
                && name.EndsWith(".pyc", StringComparison.Ordinal))
            {
                yield return ($"{folder}/{name}", _tree.GetAttributes(entry.Node));
            }
        }
    }

    /// <summary>Reads conda's records. A damaged record is ignored: the environment is served nevertheless.</summary>
    public CondaRecords ReadRecords()
    {
        var packages = new List<PackageRecord>();
        var left = MaxRecords;
        foreach (var entry in EntryCollector.SortedOf(_tree, _metadata))
        {
            if (entry.Kind == EntryKind.File
                && entry.Name.AsSpan().EndsWith(".json"u8)
                && _tree.GetAttributes(entry.Node) is var file
                && file.Size <= LargestRecord
                && (left -= file.Size) >= 0
                && Sound(() => Read(file)) is { } content
                && TryParse(Encoding.UTF8.GetString(entry.Name), content) is { } package)
            {
                packages.Add(package);
                _records.Add((package.Title, file));
            }
        }

        return CondaRecords.Of(packages);
    }

    /// <summary>The records of a package that <see cref="ReadRecords"/> read.</summary>
    public IEnumerable<Attributes> RecordsOf(string package) => _records.Where(record => record.Package == package).Select(record => record.File);

    /// <summary>Walks the environment: all symlinks, and the wanted files, without the files that a base environment keeps for itself.</summary>
    public IEnumerable<FoundEntry> Walk(Func<string, bool> isWanted, CancellationToken cancellation)
    {
        var pending = new Stack<(string Path, NodeId Node, ulong Inode)>([("", _root, _tree.GetAttributes(_root).Inode)]);
        while (pending.TryPop(out var directory))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var entry in EntryCollector.SortedOf(_tree, directory.Node))
            {
                var name = Encoding.UTF8.GetString(entry.Name);
                if (directory.Path.Length == 0 && SourceFiles.IsLeftOut(name))
                {
                    continue;
                }

                var path = directory.Path.Length == 0 ? name : $"{directory.Path}/{name}";
                if (entry.Kind == EntryKind.Directory)
                {
                    pending.Push((path, entry.Node, entry.Inode));
                }
                else if (entry.Kind == EntryKind.Symlink || (entry.Kind == EntryKind.File && isWanted(path)))
                {
                    yield return new FoundEntry(path, entry, directory.Inode);
                }
            }
        }
    }

    /// <summary>The content, or null if it is damaged. Reading a damaged file fails later; it does not prevent serving the others.</summary>
    public static byte[]? Sound(Func<byte[]> read)
    {
        try
        {
            return read();
        }
        catch (TreeException failure) when (failure.Failure == TreeFailure.Corrupt)
        {
            return null;
        }
    }

    private static PackageRecord? TryParse(string name, byte[] content)
    {
        try
        {
            return PackageRecord.Parse(name, content);
        }
        catch (PackingException)
        {
            return null;
        }
    }
}

/// <summary>An entry found by a walk.</summary>
/// <param name="Path">Its path below the prefix.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Directory">The inode number of its directory.</param>
internal readonly record struct FoundEntry(string Path, CollectedEntry Entry, ulong Directory);
