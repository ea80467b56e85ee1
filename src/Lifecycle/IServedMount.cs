using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;

namespace CondaFuse.Lifecycle;

/// <summary>The result of detaching.</summary>
public enum DetachOutcome
{
    /// <summary>The mount point is free.</summary>
    Detached,

    /// <summary>It is in use; nothing has changed.</summary>
    Busy,
}

/// <summary>The result of closing a mount.</summary>
/// <param name="Note">A note for the user about what follows the commit; null if there is none.</param>
/// <param name="KeptChanges">Number of this mount's operations that stay beside the archive.</param>
/// <param name="KeptBytes">Their size in bytes.</param>
public readonly record struct ClosingSummary(string? Note, long KeptChanges, long KeptBytes);

/// <summary>A mount, as its supervisor handles it. Exceptions of any member become an event and a log message, and stop nothing else.</summary>
public interface IServedMount
{
    /// <summary>Its status.</summary>
    MountStatus Status { get; }

    /// <summary>Commits while the mount is in use.</summary>
    /// <returns>Null if there is nothing to commit, or the changes are not this mount's.</returns>
    CommitReport? Commit(CommitRequest request, CancellationToken cancellation);

    /// <summary>Commits the changes since the last commit, when nobody uses the mount any more.</summary>
    /// <returns>Null if there were none.</returns>
    CommitReport? CommitTail(CancellationToken cancellation);

    /// <summary>Returns when all changes are on the storage.</summary>
    void Sync();

    /// <summary>Detaches the mount in this process's mount namespace.</summary>
    /// <exception cref="Mounts.MountException">It could not be detached.</exception>
    DetachOutcome Detach(bool lazy);

    /// <summary>Makes the workers end.</summary>
    void StopServing();

    /// <summary>Ends the mount's prefetcher.</summary>
    /// <returns>Whether there was one.</returns>
    bool EndReadAhead();

    /// <summary>Reports to the server's starter that the mount is ready.</summary>
    void SayReady();

    /// <summary>Closes everything and releases the write lock; begins what follows a commit.</summary>
    /// <param name="committed">Whether this server committed.</param>
    ClosingSummary Close(bool committed);
}
