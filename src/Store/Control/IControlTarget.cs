using CondaFuse.Store.Committing;

namespace CondaFuse.Store.Control;

/// <summary>A served mount, as the control socket sees it.</summary>
public interface IControlTarget
{
    /// <summary>Its status.</summary>
    MountStatus Status { get; }

    /// <summary>Returns when all changes so far are on the storage.</summary>
    void Sync();

    /// <summary>Ends the mount's prefetcher, which keeps a file on the mount open.</summary>
    /// <returns>Whether there was one.</returns>
    bool EndReadAhead();

    /// <summary>Commits the changes made so far; the tree can be changed meanwhile.</summary>
    /// <returns>Null if there was nothing to commit.</returns>
    CommitReport? Commit(CommitRequest request);

    /// <summary>Commits, unmounts, commits the changes made in between, and closes everything; or says why not.</summary>
    UnmountReply Unmount(UnmountRequest request);
}

/// <summary>Who holds an environment's write lock, from its server's point of view.</summary>
public enum WriterKind
{
    /// <summary>Nobody: the next change would take it.</summary>
    None,

    /// <summary>This server.</summary>
    Mine,

    /// <summary>Another process.</summary>
    Other,
}
