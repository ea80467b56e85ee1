using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;

namespace CondaFuse.Lifecycle;

/// <summary>What detaching came to.</summary>
public enum DetachOutcome
{
    /// <summary>The mount point is free.</summary>
    Detached,

    /// <summary>It is in use; nothing was changed.</summary>
    Busy,
}

/// <summary>What closing a mount came to.</summary>
/// <param name="Note">What a person should know of what follows the commit; null if nothing.</param>
/// <param name="KeptChanges">Operations of this mount that stay beside the archive.</param>
/// <param name="KeptBytes">Bytes that they take.</param>
public readonly record struct ClosingSummary(string? Note, long KeptChanges, long KeptBytes);

/// <summary>A mount as its supervisor handles it. Whatever a member throws becomes an event and a sentence, and ends nothing else.</summary>
public interface IServedMount
{
    /// <summary>How it is.</summary>
    MountStatus Status { get; }

    /// <summary>Commits while the mount is used.</summary>
    /// <returns>Null if there is nothing to commit, or nothing that is this mount's to commit.</returns>
    CommitReport? Commit(CommitRequest request, CancellationToken cancellation);

    /// <summary>Commits what came since the last commit, when nobody uses the mount any more.</summary>
    /// <returns>Null if there was nothing.</returns>
    CommitReport? CommitTail(CancellationToken cancellation);

    /// <summary>Returns when everything that was changed is on the storage.</summary>
    void Sync();

    /// <summary>Detaches the mount in this process's mount namespace.</summary>
    /// <exception cref="Mounts.MountException">It could not be detached.</exception>
    DetachOutcome Detach(bool lazy);

    /// <summary>Has the workers end.</summary>
    void StopServing();

    /// <summary>Ends the process that reads ahead on the mount.</summary>
    /// <returns>Whether there was one.</returns>
    bool EndReadAhead();

    /// <summary>Tells who started the server that the mount answers.</summary>
    void SayReady();

    /// <summary>Closes everything and gives the write lock back; begins what is to follow a commit.</summary>
    /// <param name="committed">Whether this server committed.</param>
    ClosingSummary Close(bool committed);
}
