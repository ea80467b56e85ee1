namespace CondaFuse.Changes;

/// <summary>A log that is to take another's place; disposed without a commit, it never was.</summary>
public interface IReplacementLog : IDisposable
{
    /// <summary>What to append the whole state to.</summary>
    IChangeLog Log { get; }

    /// <summary>Syncs it and puts it in the other's place, atomically. The other one's files are removed; content that is still being read from it stays readable.</summary>
    /// <returns>The log to go on with.</returns>
    IChangeLog Commit();
}
