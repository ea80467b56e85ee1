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
    private const int MaxLinks = 8;

    private readonly IReadableTree _tree;
    private readonly NodeId _root;
    private readonly NodeId _metadata;
    private readonly List<(string Package, Attributes File)> _records = [];

    private EnvironmentTree(IReadableTree tree, NodeId root, string name, in Attributes metadata) =>
        (_tree, _root, Name, _metadata, MetadataInode, RootInode) =
            (tree, root, name, metadata.Node, metadata.Inode, tree.GetAttributes(root).Inode);

    /// <summary>Name of the directory that is the environment; empty where that is the tree's root.</summary>
    public string Name { get; }

    /// <summary>The inode number of <c>conda-meta</c>.</summary>
    public ulong MetadataInode { get; }

    /// <summary>The inode number of the environment's directory.</summary>
    public ulong RootInode { get; }

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

    /// <summary>Reads a part of a file; less at its end.</summary>
    public byte[] ReadAt(in Attributes file, long offset, int length)
    {
        var content = new byte[(int)Math.Clamp(file.Size - offset, 0, length)];
        return content[.._tree.Read(file.Node, offset, content)];
    }

    /// <summary>The path of the file behind links within its directory; null if there is none, or a link leads to another directory.</summary>
    public string? FileBehind(string path)
    {
        for (var links = 0; links < MaxLinks; links++)
        {
            switch (Describe(path))
            {
                case { Kind: EntryKind.File }:
                    return path;
                case { Kind: EntryKind.Symlink } link when Encoding.UTF8.GetString(ReadLink(link.Node)) is var target
                                                           && !target.Contains('/', StringComparison.Ordinal):
                    path = $"{Path.GetDirectoryName(path)}/{target}";
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    /// <summary>A symlink's target.</summary>
    public byte[] ReadLink(NodeId symlink)
    {
        var target = new byte[LongestTarget];
        return target[.._tree.ReadLink(symlink, target)];
    }

    /// <summary>The entries of <c>bin</c>.</summary>
    public IReadOnlyList<CollectedEntry> Programs() => Entries("bin");

    /// <summary>The entries of a directory in byte order of their names; none if it does not exist.</summary>
    public IReadOnlyList<CollectedEntry> Entries(string path) =>
        Describe(path) is { Kind: EntryKind.Directory } directory ? EntryCollector.SortedOf(_tree, directory.Node) : [];

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
    /// <param name="isWanted">Selects paths whose records are read besides those with a placeholder; null for all.</param>
    /// <param name="sitePackages">The directory of Python packages, if some paths are selected.</param>
    public CondaRecords ReadRecords(Func<string, bool>? isWanted = null, string? sitePackages = null)
    {
        var packages = new List<PackageRecord>();
        var left = MaxRecords;
        var replaced = new HashSet<string>(StringComparer.Ordinal); // of a path in several packages, the last record counts
        Func<string, bool>? isKept = isWanted is null ? null : path => isWanted(path) || replaced.Contains(path);
        foreach (var (name, file) in RecordFiles())
        {
            if ((left -= file.Size) >= 0 && Sound(() => Read(file)) is { } content && TryParse(name, content, isKept) is { } package)
            {
                packages.Add(package);
                _records.Add((package.Title, file));
                replaced.UnionWith(isWanted is null ? [] : package.Paths
                    .Where(recorded => recorded.Mode != PrefixMode.None).Select(recorded => InstalledPath.Of(package, recorded.Path, sitePackages)));
            }
        }

        return CondaRecords.Of(packages, isKept);
    }

    /// <summary>The files of conda's records, by name.</summary>
    public IEnumerable<(string Name, Attributes File)> RecordFiles() =>
        EntryCollector.SortedOf(_tree, _metadata)
            .Where(entry => entry.Kind == EntryKind.File && entry.Name.AsSpan().EndsWith(".json"u8))
            .Select(entry => (Encoding.UTF8.GetString(entry.Name), _tree.GetAttributes(entry.Node)))
            .Where(record => record.Item2.Size <= LargestRecord);

    /// <summary>Reads one of conda's records; null if it is not one.</summary>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public PackageRecord? ReadRecord(string name, in Attributes file) => TryParse(name, Read(file), isWanted: null);

    /// <summary>The records of a package that <see cref="ReadRecords"/> read.</summary>
    public IEnumerable<Attributes> RecordsOf(string package) => _records.Where(record => record.Package == package).Select(record => record.File);

    /// <summary>
    /// Walks the environment: all directories, each before what is in it, files and symlinks, without what a base environment keeps for itself.
    /// </summary>
    /// <param name="cancellation">Cancels.</param>
    /// <param name="isSkipped">Whether to leave out what is in a directory; null to leave out nothing.</param>
    public IEnumerable<FoundEntry> Walk(CancellationToken cancellation, Func<FoundEntry, bool>? isSkipped = null)
    {
        var pending = new Stack<(string Path, NodeId Node, ulong Inode)>([("", _root, RootInode)]);
        while (pending.TryPop(out var directory))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var entry in EntryCollector.SortedOf(_tree, directory.Node))
            {
                var name = Encoding.UTF8.GetString(entry.Name);
                if (entry.Kind is EntryKind.File or EntryKind.Symlink or EntryKind.Directory
                    && (directory.Path.Length > 0 || !SourceFiles.IsLeftOut(name)))
                {
                    var found = new FoundEntry(directory.Path.Length == 0 ? name : $"{directory.Path}/{name}", entry, directory.Inode);
                    if (entry.Kind == EntryKind.Directory && isSkipped?.Invoke(found) != true)
                    {
                        pending.Push((found.Path, entry.Node, entry.Inode));
                    }

                    yield return found;
                }
            }
        }
    }

    /// <summary>Walks the environment: all symlinks, and the wanted files.</summary>
    public IEnumerable<FoundEntry> Walk(Func<string, bool> isWanted, CancellationToken cancellation) => Walk(cancellation)
        .Where(found => found.Entry.Kind == EntryKind.Symlink || (found.Entry.Kind == EntryKind.File && isWanted(found.Path)));

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

    private static PackageRecord? TryParse(string name, byte[] content, Func<string, bool>? isWanted)
    {
        try
        {
            return PackageRecord.Parse(name, content, isWanted);
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
