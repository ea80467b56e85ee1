namespace CondaFuse.Changes.Journal;

/// <summary>A new segment that is to take the place of all of a log.</summary>
internal sealed class ReplacementLog(ChangeLog replaced, SegmentWriter segment) : IReplacementLog
{
    private readonly ChangeLog _log = replaced.OnlyOf(segment);
    private bool _isDone;

    public IChangeLog Log => _log;

    public IChangeLog Commit()
    {
        _log.Sync();
        _isDone = true; // Where putting it in force fails, it is taken back there.
        return replaced.ReplaceWith(_log);
    }

    public void Dispose()
    {
        if (!_isDone)
        {
            _isDone = true;
            replaced.TakeBack(_log);
        }
    }
}
