using CondaFuse.Tree;

namespace CondaFuse.Changes.Comparing;

/// <summary>
/// Compares two states of one numbered tree, as <c>git status</c> does: by path first, then by entry, so that an entry with a new path is renamed
/// rather than removed and added. Only directories that may differ and their parents are read in full. Other directories are listed only if an entry
/// below them was changed and its path is not known otherwise.
/// </summary>
public sealed class TreeComparison
{
    private readonly ComparedTree _before;
    private readonly ComparedTree _after;
    private readonly EntryComparison _entries;
    private readonly List<TreeDifference> _differences = [];
    private readonly List<NamedEntry> _lost = [];
    private readonly List<NamedEntry> _gained = [];

    private TreeComparison(INumberedTree before, INumberedTree after)
    {
        _before = new ComparedTree(before);
        _after = new ComparedTree(after);
        _entries = new EntryComparison(before, after);
    }

    /// <summary>Compares.</summary>
    /// <param name="before">The earlier tree.</param>
    /// <param name="after">The later tree. A number means the same entry as in the earlier tree.</param>
    /// <param name="touched">Numbers of all entries that may differ (<see cref="ILayeredTree.ChangedInodes"/>); null if unknown: then all are
    /// compared.</param>
    /// <returns>The differences, ordered by the bytes of their paths.</returns>
    public static IReadOnlyList<TreeDifference> Compare(INumberedTree before, INumberedTree after, IReadOnlyCollection<ulong>? touched)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return new TreeComparison(before, after).Run(touched);
    }

    private List<TreeDifference> Run(IReadOnlyCollection<ulong>? touched)
    {
        var numbers = touched?.ToHashSet() ?? Everything();
        foreach (var number in numbers)
        {
            if (_before.Find(number) is { Kind: EntryKind.Directory } old && _after.Find(number) is { Kind: EntryKind.Directory } now)
            {
                CompareNames(old, now);
            }
        }

        MatchRenamed();
        CompareEntries(numbers);
        _differences.Sort((left, right) => left.Path.Span.SequenceCompareTo(right.Path.Span));
        return _differences;
    }

    /// <summary>All entries that both trees have. The others are found below removed or added directories.</summary>
    private HashSet<ulong> Everything()
    {
        _before.FindPaths([0]);
        return [_before.Find(Root())!.Value.Inode, .. _before.Listed().Select(entry => entry.Inode)];
    }

    private ulong Root() => _before.Tree.GetAttributes(NodeId.Root).Inode;

    private void CompareNames(in Attributes old, in Attributes now)
    {
        var oldNames = _before.List(old);
        var newNames = _after.List(now);
        foreach (var (name, entry) in oldNames)
        {
            if (!newNames.TryGetValue(name, out var other))
            {
                Lose(entry);
            }
            else if (other.Inode != entry.Inode)
            {
                CompareReplaced(entry, other);
            }
        }

        foreach (var (name, entry) in newNames)
        {
            if (!oldNames.ContainsKey(name))
            {
                Gain(entry);
            }
        }
    }

    /// <summary>The name now leads to another entry. Equal content is no difference: installers rewrite files.</summary>
    private void CompareReplaced(NamedEntry old, NamedEntry now)
    {
        if (old.Kind == EntryKind.Directory || now.Kind == EntryKind.Directory)
        {
            Lose(old);
            Gain(now);
            return;
        }

        var entry = _after.Find(now.Inode)!.Value;
        if (_entries.Judge(_before.Find(old.Inode)!.Value, entry) is { } kind)
        {
            _differences.Add(new TreeDifference(kind, now.Path, entry.Kind, SizeOf(entry)));
        }
    }

    private void Lose(NamedEntry entry)
    {
        _lost.Add(entry);
        if (entry.Kind == EntryKind.Directory && _after.Find(entry.Inode) is null)
        {
            foreach (var below in _before.List(_before.Find(entry.Inode)!.Value).Values)
            {
                Lose(below);
            }
        }
    }

    private void Gain(NamedEntry entry)
    {
        _gained.Add(entry);
        if (entry.Kind == EntryKind.Directory && _before.Find(entry.Inode) is null)
        {
            foreach (var below in _after.List(_after.Find(entry.Inode)!.Value).Values)
            {
                Gain(below);
            }
        }
    }

    private void MatchRenamed()
    {
        var byInode = _lost.ToLookup(entry => entry.Inode);
        var moved = new HashSet<NamedEntry>();
        foreach (var entry in _gained)
        {
            var now = _after.Find(entry.Inode)!.Value;
            var from = byInode[entry.Inode].FirstOrDefault(candidate => candidate.Kind == entry.Kind && !moved.Contains(candidate));
            if (from is null)
            {
                _differences.Add(new TreeDifference(DifferenceKind.Added, entry.Path, entry.Kind, SizeOf(now)));
            }
            else
            {
                moved.Add(from);
                var changed = entry.Kind == EntryKind.File && _entries.ContentDiffers(_before.Find(from.Inode)!.Value, now);
                _differences.Add(new TreeDifference(DifferenceKind.Renamed, entry.Path, entry.Kind, SizeOf(now), from.Path, changed));
            }
        }

        foreach (var entry in _lost.Where(entry => !moved.Contains(entry)))
        {
            _differences.Add(new TreeDifference(DifferenceKind.Removed, entry.Path, entry.Kind, SizeOf(_before.Find(entry.Inode)!.Value)));
        }
    }

    /// <summary>Entries that both trees have, under an unchanged name.</summary>
    private void CompareEntries(HashSet<ulong> numbers)
    {
        var named = _gained.Select(entry => entry.Inode).ToHashSet();
        var differing = new Dictionary<ulong, (DifferenceKind Kind, Attributes Entry)>();
        foreach (var number in numbers)
        {
            if (!named.Contains(number) && _before.Find(number) is { } old && _after.Find(number) is { } now && _entries.Judge(old, now) is { } kind)
            {
                differing[number] = (kind, now);
            }
        }

        var paths = _after.Listed()
            .Where(entry => differing.ContainsKey(entry.Inode))
            .DistinctBy(entry => entry.Inode)
            .ToDictionary(entry => entry.Inode, entry => entry.Path);
        if (differing.ContainsKey(Root()))
        {
            paths[Root()] = [];
        }

        var unknown = differing.Keys.Where(number => !paths.ContainsKey(number)).ToHashSet();
        foreach (var (number, path) in unknown.Count > 0 ? paths.Concat(_after.FindPaths(unknown)) : paths)
        {
            var (kind, entry) = differing[number];
            _differences.Add(new TreeDifference(kind, path, entry.Kind, SizeOf(entry)));
        }
    }

    private static long SizeOf(in Attributes entry) => entry.Kind == EntryKind.File ? entry.Size : 0;
}

/// <summary>A path at which two trees differ.</summary>
/// <param name="Kind">How it differs.</param>
/// <param name="Path">The path in the later tree, or in the earlier one if it was removed. Components are separated by <c>/</c>, without a leading
/// one.</param>
/// <param name="EntryKind">The kind of entry at the path.</param>
/// <param name="Size">Size of a file in bytes: in the later tree, or in the earlier one if it was removed. 0 for other kinds.</param>
/// <param name="OldPath">The earlier path of a renamed entry.</param>
/// <param name="ContentChanged">Whether the content of a renamed file changed as well.</param>
public sealed record TreeDifference(
    DifferenceKind Kind, ReadOnlyMemory<byte> Path, EntryKind EntryKind, long Size, ReadOnlyMemory<byte>? OldPath = null,
    bool ContentChanged = false);

/// <summary>How a path differs between two trees.</summary>
public enum DifferenceKind
{
    /// <summary>It is only in the later tree.</summary>
    Added,

    /// <summary>It is only in the earlier tree.</summary>
    Removed,

    /// <summary>Its content, symlink target, or kind changed.</summary>
    Changed,

    /// <summary>Its permissions, owner or extended attributes changed, but not its content.</summary>
    Attributes,

    /// <summary>The entry had another path in the earlier tree. Everything below a renamed directory moved with it.</summary>
    Renamed,
}
