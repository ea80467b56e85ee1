namespace CondaFuse.Changes.Union;

/// <summary>Decides when the log holds enough dead data to be rewritten. Used by the one writer only.</summary>
internal sealed class Reclaiming
{
    private const long TolerableContent = 8 << 20;
    private const long TolerableRecords = 16 << 20;
    private const long BytesOfAnEntry = 200;
    private const long BytesOfARun = 50;

    /// <summary>On a full disk, this much dead content is worth a sync.</summary>
    private const long WorthASync = 64 << 10;

    /// <summary>With this much free, a disk no longer counts as full.</summary>
    private const long EnoughRoom = 256 << 20;

    private long _punched;

    /// <summary>Content before this offset was merged into the base and belongs to no file any more.</summary>
    private long _dataStart;

    /// <summary>After a failed rewrite, no other is tried until the log has grown to this size.</summary>
    private long _notBelow;

    /// <summary>Size of the records after the last rewrite.</summary>
    private long _minRecords;

    /// <summary>Whether dead content exceeds the live content by 8 MB, or the records are much larger than a rewrite would make them.</summary>
    public bool IsDue(UnionState state, IChangeLog log)
    {
        var content = log.DataLength - _dataStart;
        var records = log.JournalLength;
        var needed = Math.Max(2 * _minRecords, 4 * ((state.Entries.Count * BytesOfAnEntry) + (state.Runs * BytesOfARun)));
        return content + records >= _notBelow && (content > TolerableContent + (2 * state.Stored) || records > TolerableRecords + needed);
    }

    /// <summary>Whether a recent write found no space.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether the disk is full and there is dead content whose space can be freed.</summary>
    public bool IsPunchingDue(UnionState state, IChangeLog log) => IsFull && log.DataLength - _dataStart - state.Stored - _punched >= WorthASync;

    /// <summary>Ranges of the log's content that no file uses.</summary>
    public List<(long Start, long End)> Dead(UnionState state, IChangeLog log)
    {
        var live = state.Entries.Values.Where(entry => entry.HasContent)
            .SelectMany(entry => Content.RunsIn(entry.Content))
            .Where(run => run.Extent.IsData)
            .Select(run => (run.Extent.Start, End: run.Extent.Start + run.Extent.Length)).ToList();
        live.Sort();
        var dead = new List<(long Start, long End)>();
        var at = _dataStart;
        foreach (var (start, end) in live)
        {
            if (start > at)
            {
                dead.Add((at, start));
            }

            at = Math.Max(at, end);
        }

        if (log.DataLength > at)
        {
            dead.Add((at, log.DataLength));
        }

        return dead;
    }

    /// <summary>All dead content was freed, as far as the storage can.</summary>
    public void Punched(UnionState state, IChangeLog log)
    {
        _punched = log.DataLength - _dataStart - state.Stored;
        IsFull = log.FreeSpace.AvailableBytes < EnoughRoom;
    }

    /// <summary>The log was rewritten.</summary>
    public void Reclaimed(IChangeLog log) => (_dataStart, _notBelow, _minRecords, _punched) = (0, 0, log.JournalLength, 0);

    /// <summary>Everything before an offset was merged into the base.</summary>
    /// <param name="dataStart">Start of the content that was not merged.</param>
    public void Merged(long dataStart) => (_dataStart, _notBelow, _minRecords, _punched) = (dataStart, 0, 0, 0);

    /// <summary>A rewrite failed.</summary>
    public void PutOff(IChangeLog log) => _notBelow = (log.DataLength - _dataStart + log.JournalLength) * 2;
}
