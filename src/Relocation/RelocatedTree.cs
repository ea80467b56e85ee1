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

    private readonly FrozenDictionary<NodeId, ShownEntry> _shown;
    private readonly FrozenDictionary<NodeId, RelocatedRecord> _records;
    private readonly Lazy<IReadOnlyList<ViewedDifference>> _differences;
    private readonly int _newEntries;

    /// <summary>Shows an environment at a prefix. Reads nothing but the positions of inodes, whatever their number.</summary>
    /// <param name="below">The tree with the environment.</param>
    /// <param name="table">The positions of prefixes. It may contain anything: an entry that does not fit its file changes nothing in that
    /// file.</param>
    /// <param name="prefix">The prefix to show.</param>
    public RelocatedTree(INumberedTree below, PrefixTable table, string prefix)
    {
        ArgumentNullException.ThrowIfNull(below);
        ArgumentNullException.ThrowIfNull(table);
        Below = below;
        var replacement = PrefixText.Of(prefix);
        var old = table.Prefixes.Select(known => new PrefixText(known.Span)).ToArray();
        var shown = new Dictionary<NodeId, ShownEntry>(table.Entries.Count);
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

            lengths[entry.Inode] = content.Length;
            if (content.IsOriginal)
            {
                continue;
            }

            shown[node] = new ShownEntry(entry.Kind, content);
            differences.Add(new ViewedDifference(entry.Inode, entry.Kind) { Directory = entry.Directory, Name = entry.Name });
        }

        var records = Records(table, below, shown, differences);
        if (!table.HasMark && table.Metadata > 0)
        {
            differences.Add(new ViewedDifference(0, EntryKind.File)
            {
                Directory = table.Metadata, Name = PrefixMark.Name.ToArray(), Content = PrefixMark.Format(replacement.Plain),
            });
        }

        (_shown, _records, Unchanged) = (shown.ToFrozenDictionary(), records.ToFrozenDictionary(), unchanged);
        _newEntries = differences.Count(difference => difference.IsNewEntry);
        _differences = new Lazy<IReadOnlyList<ViewedDifference>>(() => [.. differences.Where(Fits)]);
    }

    /// <inheritdoc/>
    public INumberedTree Below { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ViewedDifference> Differences => _differences.Value;

    /// <summary>Paths, below the prefix, of files without enough space for it: they are shown unmodified.</summary>
    public IReadOnlyList<string> Unchanged { get; }

    /// <summary>Whether the tree below already has that prefix, as far as possible.</summary>
    public bool IsSame => _shown.Count == 0;

    /// <inheritdoc/>
    public TreeTotals Totals => Below.Totals;

    /// <inheritdoc/>
    public bool MayHaveXattrs => Below.MayHaveXattrs;

    /// <inheritdoc/>
    public ulong HighestInode => Below.HighestInode + (ulong)_newEntries;

    /// <inheritdoc/>
    public IReadOnlyList<StoredRange> StoredReads => Below.StoredReads;

    /// <inheritdoc/>
    public bool HasFirstUses => Below.HasFirstUses;

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
        Find(file, EntryKind.File) is { } content ? content.Read(Below, file, offset, destination)
        : _records.TryGetValue(file, out var record) ? record.Read(Below, file, offset, destination)
        : Below.Read(file, offset, destination);

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        if (Find(symlink, EntryKind.Symlink) is not { } content)
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
        Find(file, EntryKind.File) is not null || _records.ContainsKey(file) ? offset : Below.NextContent(file, offset);

    /// <inheritdoc/>
    public void Dispose() => Below.Dispose();

    /// <summary>A list from a file may contain anything.</summary>
    private static bool IsSound(PrefixEntry entry, int prefixes) =>
        entry.Prefix >= 0 && entry.Prefix < prefixes && entry.Size >= 0 && entry.Kind is EntryKind.File or EntryKind.Symlink;

    /// <summary>The records that contain a digest of a file that is shown with other content.</summary>
    private Dictionary<NodeId, RelocatedRecord> Records(
        PrefixTable table, INumberedTree below, Dictionary<NodeId, ShownEntry> shown, List<ViewedDifference> differences)
    {
        var records = new Dictionary<NodeId, RelocatedRecord>();
        foreach (var record in table.Digests.Where(RelocatedRecord.IsSound))
        {
            if (!below.TryFindInode(record.Inode, out var node) || shown.ContainsKey(node))
            {
                continue;
            }

            var digests = new List<(int Offset, NodeId File, EditedContent Content)>();
            foreach (var spot in record.Spots)
            {
                if (below.TryFindInode(spot.File, out var file) && shown.TryGetValue(file, out var entry) && entry.Kind == EntryKind.File)
                {
                    digests.Add((spot.Offset, file, entry.Content));
                }
            }

            if (digests.Count > 0 && RelocatedRecord.IsAffordable(digests.Select(digest => digest.Content)))
            {
                records[node] = new RelocatedRecord(digests, file => Find(file, EntryKind.File) is not null);
                differences.Add(new ViewedDifference(record.Inode, EntryKind.File));
            }
        }

        return records;
    }

    private Attributes Sized(in Attributes attributes) =>
        _shown.TryGetValue(attributes.Node, out var shown) && shown.Fits(attributes)
            ? attributes with { Size = shown.Content.Length, AllocatedBytes = null }
            : attributes;

    /// <summary>The content of an entry that is shown with other content; null if it is shown as it is.</summary>
    private EditedContent? Find(NodeId node, EntryKind kind) =>
        _shown.TryGetValue(node, out var shown) && shown.Kind == kind && shown.Fits(Below, node) ? shown.Content : null;

    /// <summary>Whether a difference can be recorded: its entry is what the table says.</summary>
    private bool Fits(ViewedDifference difference)
    {
        if (difference.Inode == 0)
        {
            return IsIn(difference, out var directory) && !Below.TryLookup(directory, difference.Name.Span, out _);
        }

        if (!Below.TryFindInode(difference.Inode, out var node))
        {
            return false;
        }

        return difference.Kind == EntryKind.Symlink
            ? Find(node, EntryKind.Symlink) is not null && IsIn(difference, out var parent)
                && Below.TryLookup(parent, difference.Name.Span, out var symlink) && symlink.Inode == difference.Inode
            : Find(node, EntryKind.File) is not null || (_records.ContainsKey(node) && Below.GetAttributes(node).Kind == EntryKind.File);
    }

    private bool IsIn(ViewedDifference difference, out NodeId directory) =>
        Below.TryFindInode(difference.Directory, out directory)
        && Below.GetAttributes(directory).Kind == EntryKind.Directory
        && EntryName.IsValid(difference.Name.Span);

    /// <summary>An entry with other content. Whether the table is right about it is checked when it is used first.</summary>
    private sealed class ShownEntry(EntryKind kind, EditedContent content)
    {
        private enum Check
        {
            Open,
            Passed,
            Failed,
        }

        private volatile Check _check;

        public EntryKind Kind => kind;

        public EditedContent Content => content;

        public bool Fits(in Attributes attributes)
        {
            if (_check == Check.Open)
            {
                _check = (attributes.Kind, attributes.Size) == (kind, content.SourceLength) ? Check.Passed : Check.Failed;
            }

            return _check == Check.Passed;
        }

        public bool Fits(INumberedTree tree, NodeId node) => _check == Check.Open ? Fits(tree.GetAttributes(node)) : _check == Check.Passed;
    }
}
