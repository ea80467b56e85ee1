using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Applies stored changes to a state.</summary>
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

/// <summary>A stored change does not fit the tree: the changes belong to another tree, or were damaged on purpose.</summary>
/// <param name="record">Its index; 0 is the first that was replayed.</param>
/// <param name="kind">Its kind.</param>
/// <param name="inner">Why it does not fit.</param>
public sealed class ChangeReplayException(long record, ChangeKind kind, TreeException inner)
    : TreeException(
        inner.Failure == TreeFailure.Storage ? TreeFailure.Storage : TreeFailure.Corrupt,
        $"Change {record} ({kind}) does not fit the image: {inner.Message}",
        inner)
{
    /// <summary>The index of the change; 0 is the first that was replayed.</summary>
    public long Record { get; } = record;

    /// <summary>The kind of the change.</summary>
    public ChangeKind Kind { get; } = kind;
}

/// <summary>Looks for a name of the base's directory that still exists.</summary>
internal sealed class SurvivorSearch(DirectoryChanges? changes) : IDirectorySink
{
    public bool Found { get; private set; }

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        Found = changes is null || !changes.TryGet(name, out var change) || change.Inode != 0;
        return !Found;
    }
}

/// <summary>Appends changes to a log and applies them to a state, exactly as their replay will.</summary>
/// <param name="state">The state, which must not be read during replay.</param>
/// <param name="log">The log.</param>
/// <param name="commit">Records what comes after the commit; null if there is none.</param>
internal sealed class ChangeEmitter(UnionState state, IChangeLog log, PendingCommit? commit = null)
{
    private readonly ChangePlanner _planner = new(state, isReplay: true);

    /// <summary>The state that the changes produce.</summary>
    public UnionState State => state;

    public void Emit(in Change change)
    {
        var plan = _planner.Prepare(change);
        log.Append(change);
        commit?.Keep(change);
        ChangeApplier.Apply(state, plan, change);
    }

    /// <summary>Appends content and the change that names it.</summary>
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
