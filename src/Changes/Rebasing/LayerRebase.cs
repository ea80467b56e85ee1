using System.Text;
using CondaFuse.Changes.Union;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Rebasing;

/// <summary>
/// Carries a layer of changes over to a later generation of its image: merges three trees, name by name and entry by entry, and writes the result as
/// a new log. A change made on one side only is taken. If both sides changed the same thing differently, the caller chooses.
/// </summary>
public sealed class LayerRebase
{
    private readonly MergedLayer _merged;
    private readonly LayerContent _content;

    private LayerRebase(MergedLayer merged, LayerContent content, IReadOnlyList<RebaseConflict> conflicts) =>
        (_merged, _content, Conflicts) = (merged, content, conflicts);

    /// <summary>Paths that both sides changed differently, in order. If no side was chosen, the result has the image's version there.</summary>
    public IReadOnlyList<RebaseConflict> Conflicts { get; }

    /// <summary>Whether nothing is left of the layer because the image has all of it.</summary>
    public bool IsEmpty => _merged.State.Entries.Count == 0 && _merged.State.Gone.Count == 0;

    /// <summary>The lowest inode number for new entries.</summary>
    public ulong NextInode => _merged.State.Next;

    /// <summary>Merges the layer with the later generation.</summary>
    /// <param name="mine">The layer over the generation that it builds on.</param>
    /// <param name="now">The generation that it will build on. A number means the same entry as in the former one.</param>
    /// <param name="theirs">Numbers of all entries that may differ between the two generations, except for exact times.</param>
    /// <param name="keep">Which side wins where both changed the same thing differently.</param>
    /// <exception cref="TreeException">One of the trees cannot be read.</exception>
    public static LayerRebase Of(ChangedTree mine, INumberedTree now, IReadOnlyCollection<ulong> theirs, RebaseSide keep)
    {
        ArgumentNullException.ThrowIfNull(mine);
        ArgumentNullException.ThrowIfNull(now);
        ArgumentNullException.ThrowIfNull(theirs);
        var trees = new RebaseTrees(mine, now, theirs);
        var conflicts = new ConflictList(keep);
        var merged = new MergedLayer(now);
        var content = new LayerContent(mine.Store, mine.Base);
        var entries = new EntryMerge(mine.State, trees, merged, content, conflicts);
        new NameMerge(mine.State, trees, merged, entries, conflicts).Run();
        merged.DropNameless();
        return new LayerRebase(merged, content, conflicts.Sorted());
    }

    /// <summary>Writes the layer over the new generation.</summary>
    /// <param name="log">The log that replaces the layer's log; still empty.</param>
    /// <exception cref="TreeException">The storage failed, or content cannot be read.</exception>
    public void Write(IChangeLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var now = _merged.State.Base;
        new StateWriter(_merged.State, new Source(now, _content, log: null), new ChangeEmitter(new UnionState(now, _merged.State.Next), log)).Write();
    }
}

/// <summary>A path that both sides changed differently.</summary>
/// <param name="Path">Components separated by <c>/</c>, without a leading one.</param>
/// <param name="Here">What the layer did.</param>
/// <param name="There">What the image's later generations did.</param>
public sealed record RebaseConflict(ReadOnlyMemory<byte> Path, SideChange Here, SideChange There);

/// <summary>Which side wins where both changed the same thing differently.</summary>
public enum RebaseSide
{
    /// <summary>The layer.</summary>
    Mine,

    /// <summary>The image.</summary>
    Theirs,
}

/// <summary>What one side did to a path.</summary>
public enum SideChange
{
    /// <summary>It did not exist before.</summary>
    Added,

    /// <summary>Its content changed, or its name leads to another entry.</summary>
    Changed,

    /// <summary>Its permissions, owner or extended attributes changed.</summary>
    Attributes,

    /// <summary>The entry has another name.</summary>
    Renamed,

    /// <summary>It was removed.</summary>
    Removed,
}

/// <summary>Collects paths that both sides changed differently, and decides which side wins.</summary>
internal sealed class ConflictList(RebaseSide keep)
{
    private readonly Dictionary<string, RebaseConflict> _conflicts = new(StringComparer.Ordinal);

    public RebaseSide Keep => keep;

    /// <summary>Adds a conflict. A path that is known already is not added again.</summary>
    /// <returns>Whether the layer's side wins.</returns>
    public bool IsMine(byte[] path, SideChange here, SideChange there)
    {
        _conflicts.TryAdd(Encoding.Latin1.GetString(path), new RebaseConflict(path, here, there));
        return keep == RebaseSide.Mine;
    }

    public IReadOnlyList<RebaseConflict> Sorted() => [.. _conflicts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];
}
