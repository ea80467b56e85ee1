using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>A stored change that does not fit the tree that it is to change: the changes belong to something else, or somebody damaged them on purpose.</summary>
/// <param name="record">Which one: 0 is the first that was replayed.</param>
/// <param name="kind">What it is.</param>
/// <param name="inner">Why it does not fit.</param>
public sealed class ChangeReplayException(long record, ChangeKind kind, TreeException inner)
    : TreeException(inner.Failure == TreeFailure.Storage ? TreeFailure.Storage : TreeFailure.Corrupt, $"Change {record} ({kind}) does not fit the image: {inner.Message}", inner)
{
    /// <summary>Which change: 0 is the first that was replayed.</summary>
    public long Record { get; } = record;

    /// <summary>What it is.</summary>
    public ChangeKind Kind { get; } = kind;
}
