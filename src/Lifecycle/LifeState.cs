namespace CondaFuse.Lifecycle;

/// <summary>Where a server is between its start and its end.</summary>
public enum Phase
{
    /// <summary>The mount is being made.</summary>
    Starting,

    /// <summary>Requests are answered, and nothing else is under way.</summary>
    Serving,

    /// <summary>What was changed is being committed, or synced, while requests are answered.</summary>
    Committing,

    /// <summary>The mount is being detached while requests are answered.</summary>
    Detaching,

    /// <summary>The mount point is free; whoever still uses the mount is answered.</summary>
    Detached,

    /// <summary>Nobody can change anything any more; what came since the last commit is committed, or synced.</summary>
    Tail,

    /// <summary>Everything is closed.</summary>
    Ended,
}

/// <summary>What happens to a server.</summary>
public enum LifeEvent
{
    /// <summary>The mount is made.</summary>
    Ready,

    /// <summary>Somebody asks for a commit.</summary>
    CommitAsked,

    /// <summary>Somebody asks for an unmount.</summary>
    UnmountAsked,

    /// <summary>The commit, or sync, under way succeeded.</summary>
    CommitDone,

    /// <summary>The commit, or sync, under way failed.</summary>
    CommitFailed,

    /// <summary>The mount was detached.</summary>
    DetachDone,

    /// <summary>The mount is in use, and was not detached.</summary>
    DetachBusy,

    /// <summary>The mount could not be detached for another reason.</summary>
    DetachFailed,

    /// <summary>The kernel said ENODEV, or the workers were stopped: no request will come any more.</summary>
    Gone,

    /// <summary>A detached mount is still shown somewhere after the time that its end usually takes.</summary>
    GoneIsLate,

    /// <summary>SIGTERM.</summary>
    Terminate,

    /// <summary>The last commit, or sync, succeeded.</summary>
    TailDone,

    /// <summary>The last commit, or sync, failed: the journal stays.</summary>
    TailFailed,
}

/// <summary>What the supervisor does next.</summary>
public enum LifeAction
{
    /// <summary>Tell who started the server that the mount answers.</summary>
    SayReady,

    /// <summary>Commit what was changed while the mount stays writable; answers with CommitDone or CommitFailed.</summary>
    Commit,

    /// <summary>Put what was changed on the storage while the mount stays writable; answers with CommitDone or CommitFailed.</summary>
    Sync,

    /// <summary>Have a commit under way give up; it still answers.</summary>
    CancelCommit,

    /// <summary>Detach the mount unless it is in use; answers with DetachDone, DetachBusy or DetachFailed.</summary>
    Detach,

    /// <summary>Detach the mount although it may be in use; answers with DetachDone or DetachFailed.</summary>
    DetachLazily,

    /// <summary>Detach the mount lazily, and answer nothing: the server ends in any case.</summary>
    AbandonMount,

    /// <summary>Have the workers end after the requests in hand; Gone follows.</summary>
    StopServing,

    /// <summary>Wait a while for Gone, then say GoneIsLate.</summary>
    StartTimer,

    /// <summary>Commit what came since the last commit; answers with TailDone or TailFailed.</summary>
    TailCommit,

    /// <summary>Put what was changed on the storage; answers with TailDone or TailFailed.</summary>
    TailSync,

    /// <summary>Answer the request under way with what its commit did.</summary>
    ReplyCommitted,

    /// <summary>Answer it with why its commit failed.</summary>
    ReplyFailed,

    /// <summary>Answer it: in use.</summary>
    ReplyBusy,

    /// <summary>Answer it: not detached, and why.</summary>
    ReplyNotDetached,

    /// <summary>Answer it: detached, and committed when the last user leaves.</summary>
    ReplyLazy,

    /// <summary>Answer it: detached here, and still shown elsewhere.</summary>
    ReplyStillShown,

    /// <summary>Close everything, then answer the request under way, if there is one, with how it ended.</summary>
    End,

    /// <summary>Look at this request again when Serving is reached.</summary>
    Defer,

    /// <summary>Answer this request: it is too late for it.</summary>
    Refuse,
}

/// <summary>The request that is under way.</summary>
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
/// <param name="IsLazy">Detach although it is in use.</param>
/// <param name="KeepsChanges">Leave what was changed beside the archive.</param>
/// <param name="CommitsFirst">Commit before detaching, so that a failure is known while the mount is there; else only afterwards.</param>
public readonly record struct UnmountMode(bool IsLazy, bool KeepsChanges, bool CommitsFirst);

/// <summary>Everything that decides what a server does next.</summary>
/// <param name="Phase">Where it is.</param>
/// <param name="Asked">The request under way.</param>
/// <param name="Mode">How to unmount, if that is under way, or was and the mount is detached.</param>
/// <param name="IsGone">Whether no request will come any more.</param>
/// <param name="IsTerminating">Whether SIGTERM came.</param>
/// <param name="IsDetached">Whether a commit under way is of a mount that is detached already, and that only others still show.</param>
public readonly record struct LifeState(
    Phase Phase, Asked Asked = Asked.Nothing, UnmountMode Mode = default, bool IsGone = false, bool IsTerminating = false, bool IsDetached = false)
{
    /// <summary>Whether a request is begun at once.</summary>
    public bool TakesRequests => this is { Phase: Phase.Serving } or { Phase: Phase.Detached, Asked: Asked.Nothing };
}
