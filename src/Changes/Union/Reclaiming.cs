namespace CondaFuse.Changes.Union;

/// <summary>Decides when what is dead in the log is worth writing the log anew. To be used by the one writer.</summary>
internal sealed class Reclaiming
{
    private const long TolerableContent = 8 << 20;
    private const long TolerableRecords = 16 << 20;
    private const long BytesOfAnEntry = 200;
    private const long BytesOfARun = 50;

    /// <summary>Content before this offset was merged into the base and is in no file any more.</summary>
    private long _dataStart;

    /// <summary>Where writing anew failed, it is not tried again before the log has grown to this.</summary>
    private long _notBelow;

    /// <summary>What the records came to when they were last written anew.</summary>
    private long _leastRecords;

    /// <summary>Whether dead content exceeds the live by 8 MB, or the records what they amount to.</summary>
    public bool IsDue(UnionState state, IChangeLog log)
    {
        var content = log.DataLength - _dataStart;
        var records = log.JournalLength;
        var needed = Math.Max(2 * _leastRecords, 4 * ((state.Entries.Count * BytesOfAnEntry) + (state.Runs * BytesOfARun)));
        return content + records >= _notBelow && (content > TolerableContent + (2 * state.Stored) || records > TolerableRecords + needed);
    }

    /// <summary>The log was written anew.</summary>
    public void Reclaimed(IChangeLog log) => (_dataStart, _notBelow, _leastRecords) = (0, 0, log.JournalLength);

    /// <summary>Everything before was merged into the base.</summary>
    /// <param name="dataStart">Where content begins that was not.</param>
    public void Merged(long dataStart) => (_dataStart, _notBelow, _leastRecords) = (dataStart, 0, 0);

    /// <summary>Writing anew failed.</summary>
    public void PutOff(IChangeLog log) => _notBelow = (log.DataLength - _dataStart + log.JournalLength) * 2;
}
