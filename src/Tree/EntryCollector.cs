namespace CondaFuse.Tree;

/// <summary>Collects the entries of a directory in memory, for callers that need all of them, in any order.</summary>
public sealed class EntryCollector : IDirectorySink
{
    private readonly List<CollectedEntry> _entries = [];

    /// <summary>The entries, in the tree's order.</summary>
    public IReadOnlyList<CollectedEntry> Entries => _entries;

    /// <summary>Maximum number of entries to keep.</summary>
    public int Max { get; init; } = int.MaxValue;

    /// <summary>The only kind to keep; null for all.</summary>
    public EntryKind? Kind { get; init; }

    /// <summary>Reads a whole directory.</summary>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static IReadOnlyList<CollectedEntry> Of(IReadableTree tree, NodeId directory) => Read(tree, directory)._entries;

    /// <summary>Reads a whole directory and sorts it by the bytes of the names.</summary>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static IReadOnlyList<CollectedEntry> SortedOf(IReadableTree tree, NodeId directory)
    {
        var entries = Read(tree, directory)._entries;
        entries.Sort((left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        return entries;
    }

    /// <inheritdoc/>
    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        if (Kind is { } kind && entry.Kind != kind)
        {
            return true;
        }

        if (_entries.Count >= Max)
        {
            return false;
        }

        _entries.Add(new CollectedEntry(name.ToArray(), entry));
        return true;
    }

    private static EntryCollector Read(IReadableTree tree, NodeId directory)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var collector = new EntryCollector();
        tree.ReadDirectory(directory, 0, collector);
        return collector;
    }
}

/// <summary>An entry of a directory with a copy of its name.</summary>
/// <param name="name">The name.</param>
/// <param name="entry">The entry that it leads to.</param>
public readonly struct CollectedEntry(byte[] name, DirectoryEntry entry)
{
    /// <summary>The name.</summary>
    public byte[] Name { get; } = name;

    /// <summary>The entry that it leads to.</summary>
    public DirectoryEntry Entry { get; } = entry;

    /// <summary>The tree's handle for the entry.</summary>
    public NodeId Node => Entry.Node;

    /// <summary>Its inode number.</summary>
    public ulong Inode => Entry.Inode;

    /// <summary>The kind of entry.</summary>
    public EntryKind Kind => Entry.Kind;

    /// <summary>Name and handle.</summary>
    public void Deconstruct(out byte[] name, out NodeId node) => (name, node) = (Name, Entry.Node);
}
