using CondaFuse.Store.Committing;

namespace CondaFuse.Store.Control;

/// <summary>A served mount, as its control socket reaches it.</summary>
public interface IControlled
{
    /// <summary>How it is.</summary>
    MountStatus Status { get; }

    /// <summary>Returns when everything that was changed so far is on the storage.</summary>
    void Sync();

    /// <summary>When the mount ends, its changes stay beside the archive.</summary>
    void KeepChanges();

    /// <summary>Ends the process that reads ahead on the mount, which keeps a file open there.</summary>
    /// <returns>Whether there was one.</returns>
    bool EndReadAhead();

    /// <summary>Puts what was changed so far into the archive; users go on changing.</summary>
    /// <returns>Null if there was nothing to commit.</returns>
    CommitReport? Commit(CommitRequest request);
}
