namespace CondaFuse.Changes.Union;

/// <summary>Appends changes to a log and applies them to a state, as their replay will.</summary>
/// <param name="state">The state; nobody looks at it meanwhile.</param>
/// <param name="log">The log.</param>
/// <param name="commit">Keeps what comes after it; null if there is none.</param>
internal sealed class ChangeEmitter(UnionState state, IChangeLog log, PendingCommit? commit = null)
{
    private readonly ChangePlan _plan = new(state, isReplay: true);

    /// <summary>The state that the changes make.</summary>
    public UnionState State => state;

    public void Emit(in Change change)
    {
        _plan.Prepare(change);
        log.Append(change);
        commit?.Keep(change);
        _plan.Apply(change);
    }

    /// <summary>Content and the change that names it.</summary>
    public void EmitWrite(ulong file, long offset, ReadOnlySpan<byte> content)
    {
        var start = log.AppendData(content, out var checksum);
        Emit(new Change { Kind = ChangeKind.Write, Node = file, Offset = offset, Length = content.Length, DataOffset = start, DataChecksum = checksum });
    }
}
