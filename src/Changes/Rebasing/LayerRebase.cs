using System.Text;
using CondaFuse.Changes.Union;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Rebasing;

/// <summary>
/// Carries a layer of changes over to a later generation of its image: three trees are merged, name by name and entry by entry, and the outcome is
/// written as a new log. What only one side changed is taken; where both did something else, nothing is decided here.
/// </summary>
public sealed class LayerRebase
{
    private readonly MergedLayer _merged;
    private readonly LayerContent _content;

    private LayerRebase(MergedLayer merged, LayerContent content, IReadOnlyList<RebaseConflict> conflicts) =>
        (_merged, _content, Conflicts) = (merged, content, conflicts);

    /// <summary>Where both sides did something else, in the order of paths. If no side was named, the outcome is the image's there.</summary>
    public IReadOnlyList<RebaseConflict> Conflicts { get; }

    /// <summary>Whether nothing is left of the layer: the image has all of it.</summary>
    public bool IsEmpty => _merged.State.Entries.Count == 0 && _merged.State.Gone.Count == 0;

    /// <summary>The first number that a new entry may get.</summary>
    public ulong NextInode => _merged.State.Next;

    /// <summary>Merges.</summary>
    /// <param name="mine">The layer over the generation that it builds on.</param>
    /// <param name="now">The generation that it is to build on; numbers mean the same entries as in the former one.</param>
    /// <param name="theirs">Numbers of all entries that may differ between the two, but for exact times.</param>
    /// <param name="keep">Which side counts where both did something else.</param>
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
    /// <param name="log">What replaces the layer's log; it holds nothing yet.</param>
    /// <exception cref="TreeException">The storage failed, or content cannot be read.</exception>
    public void Write(IChangeLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var now = _merged.State.Base;
        new StateWriter(_merged.State, new Source(now, _content, log: null), new ChangeEmitter(new UnionState(now, _merged.State.Next), log)).Write();
    }
}

/// <summary>A path to which both sides did something else.</summary>
/// <param name="Path">Components divided by <c>/</c>, none before the first.</param>
/// <param name="Here">What the layer did.</param>
/// <param name="There">What the image's later generations did.</param>
public sealed record RebaseConflict(ReadOnlyMemory<byte> Path, SideChange Here, SideChange There);

/// <summary>Which side counts where both did something else.</summary>
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
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>Its content is another, or another entry has its name.</summary>
    Changed,

    /// <summary>Permissions, owner or extended attributes are others.</summary>
    Attributes,

    /// <summary>The entry has another name.</summary>
    Renamed,

    /// <summary>It is gone.</summary>
    Removed,
}

/// <summary>Notes where both sides did something else, and says which one counts.</summary>
internal sealed class ConflictList(RebaseSide keep)
{
    private readonly Dictionary<string, RebaseConflict> _conflicts = new(StringComparer.Ordinal);

    public RebaseSide Keep => keep;

    /// <summary>Notes one; of a path that is known already nothing more.</summary>
    /// <returns>Whether the layer's side counts.</returns>
    public bool IsMine(byte[] path, SideChange here, SideChange there)
    {
        _conflicts.TryAdd(Encoding.Latin1.GetString(path), new RebaseConflict(path, here, there));
        return keep == RebaseSide.Mine;
    }

    public IReadOnlyList<RebaseConflict> Sorted() => [.. _conflicts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];
}
