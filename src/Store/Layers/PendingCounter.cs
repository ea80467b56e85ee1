using CondaFuse.Changes;

namespace CondaFuse.Store.Layers;

/// <summary>Counts what a user would call changes: operations, without the journal's own book-keeping. For one writer and any readers.</summary>
public sealed class PendingCounter : IChangeSink
{
    private long count;

    /// <summary>How many.</summary>
    public long Count
    {
        get => Volatile.Read(ref count);
        set => Volatile.Write(ref count, value);
    }

    /// <summary>Counts one.</summary>
    public void Add(ChangeKind kind)
    {
        if (kind is not (ChangeKind.Synced or ChangeKind.Forget))
        {
            Count++;
        }
    }

    /// <inheritdoc/>
    public void Apply(in Change change) => Add(change.Kind);
}
