using CondaFuse.Store.Committing;

namespace CondaFuse.Store.Control;

/// <summary>A served mount, as its control socket reaches it.</summary>
public interface IControlTarget
{
    /// <summary>How it is.</summary>
    MountStatus Status { get; }

    /// <summary>Returns when everything that was changed so far is on the storage.</summary>
    void Sync();

    /// <summary>Ends the process that reads ahead on the mount, which keeps a file open there.</summary>
    /// <returns>Whether there was one.</returns>
    bool EndReadAhead();

    /// <summary>Puts what was changed so far into the archive; users go on changing.</summary>
    /// <returns>Null if there was nothing to commit.</returns>
    CommitReport? Commit(CommitRequest request);

    /// <summary>Commits, unmounts, commits what came in between, and closes everything, or says why not.</summary>
    UnmountReply Unmount(UnmountRequest request);
}

/// <summary>Who writes an environment, as its server sees it.</summary>
public enum WriterKind
{
    /// <summary>Nobody: the next change would take the right to.</summary>
    None,

    /// <summary>That server.</summary>
    Mine,

    /// <summary>Somebody else.</summary>
    Other,
}
