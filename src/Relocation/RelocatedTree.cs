using System.Collections.Frozen;
using CondaFuse.Tree;

namespace CondaFuse.Relocation;

/// <summary>
/// An environment as it would be at another prefix: in the files and symlinks of a <see cref="PrefixTable"/>, that prefix replaces the original one.
/// Everything else is read from the tree below, without overhead. Owns that tree.
/// </summary>
public sealed class RelocatedTree : IViewTree
{
    private const int LongestTarget = 4095;

    private readonly FrozenDictionary<NodeId, EditedContent> _contents;
    private readonly FrozenDictionary<NodeId, RelocatedRecord> _records;
    private readonly int _newEntries;

    /// <summary>Shows an environment at a prefix.</summary>
    /// <param name="below">The tree with the environment.</param>
    /// <param name="table">The positions of prefixes.</param>
    /// <param name="prefix">The prefix to show.</param>
    public RelocatedTree(INumberedTree below, PrefixTable table, string prefix)
    {
        ArgumentNullException.ThrowIfNull(below);
        ArgumentNullException.ThrowIfNull(table);
        Below = below;
        var replacement = PrefixText.Of(prefix);
        var old = table.Prefixes.Select(known => new PrefixText(known.Span)).ToArray();
        var contents = new Dictionary<NodeId, EditedContent>(table.Entries.Count);
        var differences = new List<ViewedDifference>(table.Entries.Count + 1);
        var unchanged = new List<string>();
        var lengths = new Dictionary<ulong, long>();
        foreach (var entry in table.Entries.OrderBy(entry => entry.Source > 0))
        {
            if (!IsSound(entry, old.Length)
                || old[entry.Prefix].Plain.SequenceEqual(replacement.Plain)
                || !below.TryFindInode(entry.Inode, out var node))
            {
                continue;
            }

            long? source = entry.Source == 0 ? null : lengths.GetValueOrDefault(entry.Source, uint.MaxValue);
            var content = EditedContent.Of(entry.Spots, entry.Size, old[entry.Prefix], replacement, source);
            if (content is null || (entry.Kind == EntryKind.Symlink && content.Length > LongestTarget))
            {
                unchanged.Add(entry.Path);
                continue;
            }

            contents[node] = content;
            lengths[entry.Inode] = content.Length;
            differences.Add(new ViewedDifference(entry.Inode, entry.Kind) { Directory = entry.Directory, Name = entry.Name });
        }

        var records = Records(table, below, contents);
        differences.AddRange(records.Keys.Select(node => new ViewedDifference(below.GetAttributes(node).Inode, EntryKind.File)));
        if (!table.HasMark && table.Metadata > 0)
        {
            differences.Add(new ViewedDifference(0, EntryKind.File)
            {
                Directory = table.Metadata, Name = PrefixMark.Name.ToArray(), Content = PrefixMark.Format(replacement.Plain),
            });
        }

        (_contents, _records, Differences, Unchanged) = (contents.ToFrozenDictionary(), records.ToFrozenDictionary(), differences, unchanged);
        _newEntries = differences.Count(difference => difference.IsNewEntry);
    }

    /// <inheritdoc/>
    public INumberedTree Below { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ViewedDifference> Differences { get; }

    /// <summary>Paths, below the prefix, of files without enough space for it: they are shown unmodified.</summary>
    public IReadOnlyList<string> Unchanged { get; }

    /// <summary>Whether the tree below already has that prefix, as far as possible.</summary>
    public bool IsSame => _contents.Count == 0;

    /// <inheritdoc/>
    public TreeTotals Totals => Below.Totals;

    /// <inheritdoc/>
    public bool MayHaveXattrs => Below.MayHaveXattrs;

    /// <inheritdoc/>
    public ulong HighestInode => Below.HighestInode + (ulong)_newEntries;

    /// <inheritdoc/>
    public IReadOnlyList<StoredRange> StoredReads => Below.StoredReads;

    /// <inheritdoc/>
    public void Trim() => Below.Trim();

    /// <inheritdoc/>
    public Attributes GetAttributes(NodeId node) => Sized(Below.GetAttributes(node));

    /// <inheritdoc/>
    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        var found = Below.TryLookup(directory, name, out attributes);
        attributes = found ? Sized(attributes) : attributes;
        return found;
    }

    /// <inheritdoc/>
    public bool TryFindInode(ulong number, out NodeId node) => Below.TryFindInode(number, out node);

    /// <inheritdoc/>
    public ulong GetParentInode(NodeId directory) => Below.GetParentInode(directory);

    /// <inheritdoc/>
    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink) => Below.ReadDirectory(directory, after, sink);

    /// <inheritdoc/>
    public int Read(NodeId file, long offset, Span<byte> destination) =>
        _contents.TryGetValue(file, out var content) ? content.Read(Below, file, offset, destination)
        : _records.TryGetValue(file, out var record) ? record.Read(Below, file, offset, destination)
        : Below.Read(file, offset, destination);

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        if (!_contents.TryGetValue(symlink, out var content))
        {
            return Below.ReadLink(symlink, destination);
        }

        if (content.Length > destination.Length)
        {
            throw new TreeException(TreeFailure.RangeTooSmall, $"A target of {content.Length} bytes does not fit into {destination.Length}.");
        }

        Span<byte> target = stackalloc byte[LongestTarget];
        content.Apply(target[..Below.ReadLink(symlink, target)]).CopyTo(destination);
        return (int)content.Length;
    }

    /// <inheritdoc/>
    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) =>
        Below.TryGetXattr(node, name, destination, out length);

    /// <inheritdoc/>
    public int ListXattrs(NodeId node, Span<byte> destination) => Below.ListXattrs(node, destination);

    /// <inheritdoc/>
    public void VisitXattrs(NodeId node, XattrVisitor visit) => Below.VisitXattrs(node, visit);

    /// <inheritdoc/>
    public long NextContent(NodeId file, long offset) =>
        _contents.ContainsKey(file) || _records.ContainsKey(file) ? offset : Below.NextContent(file, offset);

    /// <inheritdoc/>
    public void Dispose() => Below.Dispose();

    /// <summary>A list from a file may contain anything.</summary>
    private static bool IsSound(PrefixEntry entry, int prefixes) =>
        entry.Prefix >= 0 && entry.Prefix < prefixes && entry.Size >= 0 && entry.Kind is EntryKind.File or EntryKind.Symlink;

    /// <summary>The records that contain a digest of a file that is shown with other content.</summary>
    private static Dictionary<NodeId, RelocatedRecord> Records(
        PrefixTable table, INumberedTree below, Dictionary<NodeId, EditedContent> contents)
    {
        var records = new Dictionary<NodeId, RelocatedRecord>();
        foreach (var record in table.Digests.Where(RelocatedRecord.IsSound))
        {
            if (!below.TryFindInode(record.Inode, out var node) || contents.ContainsKey(node) || below.GetAttributes(node).Kind != EntryKind.File)
            {
                continue;
            }

            var digests = new List<(int Offset, NodeId File, EditedContent Content)>();
            foreach (var spot in record.Spots)
            {
                if (below.TryFindInode(spot.File, out var file)
                    && contents.TryGetValue(file, out var content)
                    && below.GetAttributes(file).Kind == EntryKind.File)
                {
                    digests.Add((spot.Offset, file, content));
                }
            }

            if (digests.Count > 0)
            {
                records[node] = new RelocatedRecord(digests);
            }
        }

        return records;
    }

    private Attributes Sized(in Attributes attributes) =>
        _contents.TryGetValue(attributes.Node, out var content) ? attributes with { Size = content.Length, AllocatedBytes = null } : attributes;
}
