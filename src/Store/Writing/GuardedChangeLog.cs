using CondaFuse.Changes;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Store.Writing;

/// <summary>A log of changes that stops when the write lock is lost. Counts changes.</summary>
/// <param name="inner">The log.</param>
/// <param name="claim">The write lock.</param>
/// <param name="image">The image that the changes are for.</param>
/// <param name="pending">Counts the changes in the log.</param>
internal sealed class GuardedChangeLog(IChangeLog inner, WriterClaim claim, ExpectedImage image, PendingCounter pending) : IChangeLog
{
    private long _sealedChanges;

    public long DataLength => inner.DataLength;

    public long JournalLength => inner.JournalLength;

    public long UnsyncedBytes => inner.UnsyncedBytes;

    public Guid Segment => inner.Segment;

    public FreeSpace FreeSpace => inner.FreeSpace;

    public long AppendData(ReadOnlySpan<byte> content, out uint checksum)
    {
        Demand();
        return inner.AppendData(content, out checksum);
    }

    public void Append(in Change change)
    {
        Demand();
        inner.Append(change);
        pending.Add(change.Kind);
    }

    public void Sync()
    {
        // A sync writes too: a record of what is synced.
        Demand();
        inner.Sync();
    }

    public void ReadData(long offset, Span<byte> destination) => inner.ReadData(offset, destination);

    public IReplacementLog BeginReplacement(ulong nextInode)
    {
        Demand();

        // A rewritten log is valid for this generation only. The existing log may continue segments that a failed commit nevertheless put into the
        // image.
        image.Demand();
        return new Replacement(inner.BeginReplacement(nextInode), claim, image, pending);
    }

    public Guid Seal(ulong nextInode, Action<IChangeLog>? begin = null)
    {
        Demand();
        var before = pending.Count;
        var segment = inner.Seal(nextInode, begin is null ? null : next => begin(new GuardedChangeLog(next, claim, image, pending)));
        _sealedChanges = before;
        return segment;
    }

    public long PunchHoles(IEnumerable<(long Start, long End)> dead)
    {
        Demand();
        return inner.PunchHoles(dead);
    }

    public void Unseal() => inner.Unseal();

    public void Merged(Guid segment, long generation)
    {
        Demand();
        var isAll = segment == inner.Segment;
        inner.Merged(segment, generation);
        image.Committed(generation);
        pending.Count = isAll ? 0 : pending.Count - _sealedChanges;
    }

    public void Dispose() => inner.Dispose();

    private void Demand() => Demand(claim);

    private static void Demand(WriterClaim claim)
    {
        if (claim.IsLost)
        {
            throw new TreeException(TreeFailure.ReadOnly, "another process took over the write lock");
        }
    }

    private sealed class Replacement(IReplacementLog inner, WriterClaim claim, ExpectedImage image, PendingCounter replaced) : IReplacementLog
    {
        private readonly PendingCounter _pending = new();
        private GuardedChangeLog? _log;

        public IChangeLog Log => _log ??= new GuardedChangeLog(inner.Log, claim, image, _pending);

        public IChangeLog Commit()
        {
            Demand(claim);
            var next = inner.Commit();
            replaced.Count = _pending.Count;
            return new GuardedChangeLog(next, claim, image, replaced);
        }

        public void Dispose() => inner.Dispose();
    }
}
