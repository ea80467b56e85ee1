using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Puts stored changes into a state.</summary>
internal sealed class Replay(UnionState state) : IChangeSink
{
    private readonly ChangePlanner _planner = new(state, isReplay: true);
    private long _record;

    public void Apply(in Change change)
    {
        try
        {
            ChangeApplier.Apply(state, _planner.Prepare(change), change);
        }
        catch (TreeException exception)
        {
            throw new ChangeReplayException(_record, change.Kind, exception);
        }

        _record++;
    }
}

/// <summary>
/// A stored change that does not fit the tree that it is to change: the changes belong to something else, or somebody damaged them on purpose.
/// </summary>
/// <param name="record">Which one: 0 is the first that was replayed.</param>
/// <param name="kind">What it is.</param>
/// <param name="inner">Why it does not fit.</param>
public sealed class ChangeReplayException(long record, ChangeKind kind, TreeException inner)
    : TreeException(
        inner.Failure == TreeFailure.Storage ? TreeFailure.Storage : TreeFailure.Corrupt,
        $"Change {record} ({kind}) does not fit the image: {inner.Message}",
        inner)
{
    /// <summary>Which change: 0 is the first that was replayed.</summary>
    public long Record { get; } = record;

    /// <summary>What it is.</summary>
    public ChangeKind Kind { get; } = kind;
}

/// <summary>Looks for a name of the base's directory that is still there.</summary>
internal sealed class SurvivorSearch(DirectoryChanges? changes) : IDirectorySink
{
    public bool Found { get; private set; }

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        Found = changes is null || !changes.TryGet(name, out var change) || change.Inode != 0;
        return !Found;
    }
}

/// <summary>Appends changes to a log and applies them to a state, as their replay will.</summary>
/// <param name="state">The state; nobody looks at it meanwhile.</param>
/// <param name="log">The log.</param>
/// <param name="commit">Keeps what comes after it; null if there is none.</param>
internal sealed class ChangeEmitter(UnionState state, IChangeLog log, PendingCommit? commit = null)
{
    private readonly ChangePlanner _planner = new(state, isReplay: true);

    /// <summary>The state that the changes make.</summary>
    public UnionState State => state;

    public void Emit(in Change change)
    {
        var plan = _planner.Prepare(change);
        log.Append(change);
        commit?.Keep(change);
        ChangeApplier.Apply(state, plan, change);
    }

    /// <summary>Content and the change that names it.</summary>
    public void EmitWrite(ulong file, long offset, ReadOnlySpan<byte> content)
    {
        var start = log.AppendData(content, out var checksum);
        Emit(
            new Change
            {
                Kind = ChangeKind.Write,
                Node = file,
                Offset = offset,
                Length = content.Length,
                DataOffset = start,
                DataChecksum = checksum,
            });
    }
}
