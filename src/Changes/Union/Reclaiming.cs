namespace CondaFuse.Changes.Union;

/// <summary>Decides when what is dead in the log is worth writing the log anew. To be used by the one writer.</summary>
internal sealed class Reclaiming
{
    private const long TolerableContent = 8 << 20;
    private const long TolerableRecords = 16 << 20;
    private const long BytesOfAnEntry = 200;
    private const long BytesOfARun = 50;

    /// <summary>Content before this offset was merged into the base and is in no file any more.</summary>
    public long DataStart { get; set; }

    /// <summary>Where writing anew failed, it is not tried again before the log has grown by as much again.</summary>
    public long NotBelow { get; set; }

    /// <summary>Whether dead content exceeds the live by 8 MB, or the records what they amount to.</summary>
    public bool IsDue(UnionState state, IChangeLog log)
    {
        var content = log.DataLength - DataStart;
        var records = log.JournalLength;
        return content + records >= NotBelow
            && (content > TolerableContent + (2 * state.Stored)
                || records > TolerableRecords + (4 * ((state.Entries.Count * BytesOfAnEntry) + (state.Runs * BytesOfARun))));
    }

    /// <summary>Writing anew failed.</summary>
    public void PutOff(IChangeLog log) => NotBelow = (log.DataLength - DataStart + log.JournalLength) * 2;
}
