namespace CondaFuse.Lifecycle;

/// <summary>The phase of a server's life.</summary>
public enum Phase
{
    /// <summary>Mounting is in progress.</summary>
    Starting,

    /// <summary>Requests are answered, and nothing else is in progress.</summary>
    Serving,

    /// <summary>Changes are being committed, or synced, while requests are answered.</summary>
    Committing,

    /// <summary>The mount is being detached while requests are answered.</summary>
    Detaching,

    /// <summary>The mount point is free; remaining users of the mount are still served.</summary>
    Detached,

    /// <summary>Nobody can change anything any more; changes since the last commit are committed, or synced.</summary>
    Tail,

    /// <summary>Everything is closed.</summary>
    Ended,
}

/// <summary>An event in a server's life.</summary>
public enum LifeEvent
{
    /// <summary>The mount is ready.</summary>
    Ready,

    /// <summary>A commit was requested.</summary>
    CommitAsked,

    /// <summary>An unmount was requested.</summary>
    UnmountAsked,

    /// <summary>The running commit, or sync, succeeded.</summary>
    CommitDone,

    /// <summary>The running commit, or sync, failed.</summary>
    CommitFailed,

    /// <summary>The mount was detached.</summary>
    DetachDone,

    /// <summary>The mount is in use, and was not detached.</summary>
    DetachBusy,

    /// <summary>The mount could not be detached for another reason.</summary>
    DetachFailed,

    /// <summary>The kernel returned ENODEV, or the workers were stopped: no more requests will come.</summary>
    Gone,

    /// <summary>A detached mount is still visible somewhere after the usual time.</summary>
    GoneIsLate,

    /// <summary>SIGTERM.</summary>
    Terminate,

    /// <summary>The last commit, or sync, succeeded.</summary>
    TailDone,

    /// <summary>The last commit, or sync, failed: the journal stays.</summary>
    TailFailed,
}

/// <summary>An action of the supervisor.</summary>
public enum LifeAction
{
    /// <summary>Report to the server's starter that the mount is ready.</summary>
    SayReady,

    /// <summary>Commit changes while the mount stays writable; results in CommitDone or CommitFailed.</summary>
    Commit,

    /// <summary>Sync changes while the mount stays writable; results in CommitDone or CommitFailed.</summary>
    Sync,

    /// <summary>Cancel the running commit; it still reports its result.</summary>
    CancelCommit,

    /// <summary>Detach the mount unless it is in use; results in DetachDone, DetachBusy or DetachFailed.</summary>
    Detach,

    /// <summary>Detach the mount even if it is in use; results in DetachDone or DetachFailed.</summary>
    DetachLazily,

    /// <summary>Detach the mount lazily, without a result: the server ends in any case.</summary>
    AbandonMount,

    /// <summary>Make the workers end after the current requests; Gone follows.</summary>
    StopServing,

    /// <summary>Wait for Gone for a limited time, then post GoneIsLate.</summary>
    StartTimer,

    /// <summary>Commit the changes since the last commit; results in TailDone or TailFailed.</summary>
    TailCommit,

    /// <summary>Sync the changes; results in TailDone or TailFailed.</summary>
    TailSync,

    /// <summary>Answer the current request with the result of its commit.</summary>
    ReplyCommitted,

    /// <summary>Answer it: its commit failed, and why.</summary>
    ReplyFailed,

    /// <summary>Answer it: in use.</summary>
    ReplyBusy,

    /// <summary>Answer it: not detached, and why.</summary>
    ReplyNotDetached,

    /// <summary>Answer it: detached, and committed when the last user leaves.</summary>
    ReplyLazy,

    /// <summary>Answer it: detached here, and still shown elsewhere.</summary>
    ReplyStillShown,

    /// <summary>Close everything, then answer the current request, if there is one, with the final result.</summary>
    End,

    /// <summary>Handle this request again in the phase Serving.</summary>
    Defer,

    /// <summary>Refuse this request: it is too late.</summary>
    Refuse,
}

/// <summary>The current request.</summary>
public enum Asked
{
    /// <summary>None.</summary>
    Nothing,

    /// <summary>A commit.</summary>
    Commit,

    /// <summary>An unmount.</summary>
    Unmount,
}

/// <summary>How to unmount.</summary>
/// <param name="IsLazy">Detach even if it is in use.</param>
/// <param name="KeepsChanges">Leave uncommitted changes beside the archive.</param>
/// <param name="CommitsFirst">Commit before detaching, so that a failure is known while the mount still exists; otherwise only afterwards.</param>
public readonly record struct UnmountMode(bool IsLazy, bool KeepsChanges, bool CommitsFirst);

/// <summary>The complete state of a server's life.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Asked">The current request.</param>
/// <param name="Mode">How to unmount, if an unmount is in progress, or was and the mount is detached.</param>
/// <param name="IsGone">Whether no more requests will come.</param>
/// <param name="IsTerminating">Whether SIGTERM was received.</param>
/// <param name="IsDetached">Whether the running commit is for a mount that is detached already, and only visible elsewhere.</param>
public readonly record struct LifeState(
    Phase Phase, Asked Asked = Asked.Nothing, UnmountMode Mode = default, bool IsGone = false, bool IsTerminating = false, bool IsDetached = false)
{
    /// <summary>Whether a request is handled at once.</summary>
    public bool TakesRequests => this is { Phase: Phase.Serving } or { Phase: Phase.Detached, Asked: Asked.Nothing };
}
