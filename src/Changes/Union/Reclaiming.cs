namespace CondaFuse.Changes.Union;

/// <summary>Decides when what is dead in the log is worth writing the log anew. To be used by the one writer.</summary>
internal sealed class Reclaiming
{
    private const long TolerableContent = 8 << 20;
    private const long TolerableRecords = 16 << 20;
    private const long BytesOfAnEntry = 200;
    private const long BytesOfARun = 50;

    /// <summary>On a full disk, so much dead content is worth a sync.</summary>
    private const long WorthASync = 64 << 10;

    /// <summary>With so much free, a disk is not full any more.</summary>
    private const long EnoughRoom = 256 << 20;

    private long _givenBack;

    /// <summary>Content before this offset was merged into the base and is in no file any more.</summary>
    private long _dataStart;

    /// <summary>Where writing anew failed, it is not tried again before the log has grown to this.</summary>
    private long _notBelow;

    /// <summary>What the records came to when they were last written anew.</summary>
    private long _minRecords;

    /// <summary>Whether dead content exceeds the live by 8 MB, or the records what they amount to.</summary>
    public bool IsDue(UnionState state, IChangeLog log)
    {
        var content = log.DataLength - _dataStart;
        var records = log.JournalLength;
        var needed = Math.Max(2 * _minRecords, 4 * ((state.Entries.Count * BytesOfAnEntry) + (state.Runs * BytesOfARun)));
        return content + records >= _notBelow && (content > TolerableContent + (2 * state.Stored) || records > TolerableRecords + needed);
    }

    /// <summary>Whether something found no room lately.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether the disk is full, and there is dead content whose room can be given back.</summary>
    public bool IsGivingBackDue(UnionState state, IChangeLog log) => IsFull && log.DataLength - _dataStart - state.Stored - _givenBack >= WorthASync;

    /// <summary>Ranges of the log's content that no file has.</summary>
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

    /// <summary>All dead content was given back, as far as the storage can.</summary>
    public void GaveBack(UnionState state, IChangeLog log)
    {
        _givenBack = log.DataLength - _dataStart - state.Stored;
        IsFull = log.FreeSpace.AvailableBytes < EnoughRoom;
    }

    /// <summary>The log was written anew.</summary>
    public void Reclaimed(IChangeLog log) => (_dataStart, _notBelow, _minRecords, _givenBack) = (0, 0, log.JournalLength, 0);

    /// <summary>Everything before was merged into the base.</summary>
    /// <param name="dataStart">Where content begins that was not.</param>
    public void Merged(long dataStart) => (_dataStart, _notBelow, _minRecords, _givenBack) = (dataStart, 0, 0, 0);

    /// <summary>Writing anew failed.</summary>
    public void PutOff(IChangeLog log) => _notBelow = (log.DataLength - _dataStart + log.JournalLength) * 2;
}
