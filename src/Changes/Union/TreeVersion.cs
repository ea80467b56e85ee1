using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// What a tree shows. A version is replaced as a whole, so that no reader sees the state of one base with the content or the cookies of another.
/// </summary>
/// <param name="State">The differences from the base. The writer changes them in place while no one reads them (<see cref="ReaderGate"/>).</param>
/// <param name="Source">The source of content: the base and the log.</param>
/// <param name="Epoch">The base, in a sequence of bases, that the cookies of listings belong to.</param>
internal sealed record TreeVersion(UnionState State, Source Source, uint Epoch);

/// <summary>The current version of a tree.</summary>
internal sealed class CurrentVersion(TreeVersion first)
{
    private volatile TreeVersion _now = first;

    /// <summary>Readers hold it while they read the state, never while they read from the base or from a log.</summary>
    public ReaderGate Gate { get; } = new();

    /// <summary>The version. Only the writer may read its state without <see cref="Look"/>.</summary>
    public TreeVersion Now => _now;

    /// <summary>Begins to read the state; the writer waits until the result is disposed of. Must not be nested.</summary>
    public VersionLook Look() => new(this);

    /// <summary>Makes another version the current one. Only the writer calls this.</summary>
    /// <returns>The former source, to be retired.</returns>
    public Source Replace(TreeVersion next)
    {
        var former = _now.Source;
        Gate.EnterWrite();
        _now = next;
        Gate.ExitWrite();
        return former;
    }
}

/// <summary>Access to the current version, under the gate until disposed.</summary>
internal readonly ref struct VersionLook : IDisposable
{
    private readonly ReaderGate _gate;
    private readonly int _slot;

    public VersionLook(CurrentVersion current)
    {
        _gate = current.Gate;
        _slot = _gate.EnterRead();
        Version = current.Now;
    }

    public TreeVersion Version { get; }

    public UnionState State => Version.State;

    /// <summary>Holds base and log, so that they can be read after leaving the gate.</summary>
    public SourceLease Hold() => new(Version.Source);

    /// <summary>Holds an entry of the base, so that it can be read after leaving the gate.</summary>
    /// <param name="number">Its inode number.</param>
    /// <param name="entry">Its entry in the state; null if it is unchanged.</param>
    /// <exception cref="TreeException">It was removed.</exception>
    public BaseEntry HoldBase(ulong number, ChangedEntry? entry)
    {
        if (entry is null)
        {
            State.DemandNotGone(number);
        }

        return new BaseEntry(Hold(), State, number, entry?.BaseNode ?? default);
    }

    public void Dispose() => _gate.ExitRead(_slot);
}

/// <summary>Keeps a source from ending until it is disposed.</summary>
internal readonly struct SourceLease : IDisposable
{
    private readonly int _slot;

    /// <summary>Must be created under the gate.</summary>
    public SourceLease(Source source)
    {
        Source = source;
        _slot = source.Enter();
    }

    public Source Source { get; }

    public void Dispose() => Source.Exit(_slot);
}

/// <summary>An entry of the base that is being read. Base and log stay until it is disposed of.</summary>
internal readonly struct BaseEntry(SourceLease lease, UnionState state, ulong number, NodeId known) : IDisposable
{
    public Source Source => lease.Source;

    public INumberedTree Tree => state.Base;

    /// <summary>The base's handle of the entry. Finding it may read from the base.</summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.NotFound"/>.</exception>
    public NodeId Node => known == default ? state.FindBaseNode(number) : known;

    public void Dispose() => lease.Dispose();
}
