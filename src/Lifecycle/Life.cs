namespace CondaFuse.Lifecycle;

/// <summary>The life of a server as a pure function: maps a state and an event to the next state and the actions to take.</summary>
public static class Life
{
    /// <summary>Handles an event.</summary>
    /// <param name="state">The current state.</param>
    /// <param name="happened">The event.</param>
    /// <param name="mode">How to unmount, for <see cref="LifeEvent.UnmountAsked"/>.</param>
    public static (LifeState Next, IReadOnlyList<LifeAction> Actions) Step(LifeState state, LifeEvent happened, UnmountMode mode = default) =>
        happened switch
    {
        LifeEvent.Ready => state is { Phase: Phase.Starting } ? To(state with { Phase = Phase.Serving }, LifeAction.SayReady) : Nothing(state),
        LifeEvent.CommitAsked => OnCommitAsked(state),
        LifeEvent.UnmountAsked => OnUnmountAsked(state, mode),
        LifeEvent.CommitDone or LifeEvent.CommitFailed => OnCommitted(state, happened == LifeEvent.CommitDone),
        LifeEvent.DetachDone => OnDetached(state),
        LifeEvent.DetachBusy => OnNotDetached(state, LifeAction.ReplyBusy),
        LifeEvent.DetachFailed => OnNotDetached(state, LifeAction.ReplyNotDetached),
        LifeEvent.Gone => OnGone(state),
        LifeEvent.GoneIsLate => state is { Phase: Phase.Detached, Asked: Asked.Unmount }
            ? To(state with { Asked = Asked.Nothing }, LifeAction.ReplyStillShown)
            : Nothing(state),
        LifeEvent.Terminate => OnTerminate(state),
        LifeEvent.TailDone or LifeEvent.TailFailed =>
            state.Phase == Phase.Tail ? To(state with { Phase = Phase.Ended, Asked = Asked.Nothing }, LifeAction.End) : Nothing(state),
        _ => throw new ArgumentOutOfRangeException(nameof(happened)),
    };

    private static (LifeState, IReadOnlyList<LifeAction>) OnCommitAsked(LifeState state) => state.Phase switch
    {
        Phase.Serving => To(state with { Phase = Phase.Committing, Asked = Asked.Commit }, LifeAction.Commit),
        Phase.Detached when state.Asked == Asked.Nothing =>
            To(state with { Phase = Phase.Committing, Asked = Asked.Commit, IsDetached = true }, LifeAction.Commit),
        Phase.Starting or Phase.Committing or Phase.Detaching => To(state, LifeAction.Defer),
        _ => To(state, LifeAction.Refuse),
    };

    private static (LifeState, IReadOnlyList<LifeAction>) OnUnmountAsked(LifeState state, UnmountMode mode)
    {
        switch (state.Phase)
        {
            case Phase.Serving when mode.KeepsChanges || mode.CommitsFirst:
                return To(
                    state with { Phase = Phase.Committing, Asked = Asked.Unmount, Mode = mode },
                    mode.KeepsChanges ? LifeAction.Sync : LifeAction.Commit);
            case Phase.Serving:
                return Detach(state with { Asked = Asked.Unmount, Mode = mode });
            case Phase.Detached when state.Asked == Asked.Nothing:
                // The caller that still sees the mount detaches it there, and waits here for the end. Who wanted no commit gets none.
                return To(
                    state with { Asked = Asked.Unmount, Mode = mode with { KeepsChanges = mode.KeepsChanges || state.Mode.KeepsChanges } },
                    LifeAction.StartTimer);
            case Phase.Starting or Phase.Committing or Phase.Detaching:
                return To(state, LifeAction.Defer);
            default:
                return To(state, LifeAction.Refuse);
        }
    }

    private static (LifeState, IReadOnlyList<LifeAction>) OnCommitted(LifeState state, bool isDone)
    {
        if (state.Phase != Phase.Committing)
        {
            return Nothing(state);
        }

        var reply = isDone ? LifeAction.ReplyCommitted : LifeAction.ReplyFailed;
        if (state.IsTerminating || state.IsGone)
        {
            // A commit request gets its result; an unmount request is answered at the end.
            var isAnswered = state.Asked == Asked.Commit;
            var (next, actions) = state.IsGone ? EnterTail(state) : Abandon(state);
            return isAnswered ? (next with { Asked = Asked.Nothing }, [reply, .. actions]) : (next, actions);
        }

        if (state.IsDetached)
        {
            return To(state with { Phase = Phase.Detached, Asked = Asked.Nothing, IsDetached = false }, reply);
        }

        return state.Asked == Asked.Unmount && isDone ? Detach(state) : To(new LifeState(Phase.Serving), reply);
    }

    private static (LifeState, IReadOnlyList<LifeAction>) OnDetached(LifeState state) => state switch
    {
        not { Phase: Phase.Detaching } => Nothing(state),
        { IsGone: true } => EnterTail(state),
        { IsTerminating: true } => To(state with { Phase = Phase.Tail }, LifeAction.StopServing),
        { Mode.IsLazy: true } => To(state with { Phase = Phase.Detached, Asked = Asked.Nothing }, LifeAction.ReplyLazy),
        _ => To(state with { Phase = Phase.Detached }, LifeAction.StartTimer),
    };

    /// <summary>Another process may have detached it at the same moment: then it is gone, although our own attempt failed.</summary>
    private static (LifeState, IReadOnlyList<LifeAction>) OnNotDetached(LifeState state, LifeAction reply) => state switch
    {
        not { Phase: Phase.Detaching } => Nothing(state),
        { IsGone: true } => EnterTail(state),
        { IsTerminating: true } => Abandon(state),
        _ => To(new LifeState(Phase.Serving), reply),
    };

    private static (LifeState, IReadOnlyList<LifeAction>) OnGone(LifeState state) => state.Phase switch
    {
        Phase.Starting or Phase.Serving or Phase.Detached => EnterTail(state),
        Phase.Committing or Phase.Detaching => To(state with { IsGone = true }),
        Phase.Tail when !state.IsGone => EnterTail(state),
        _ => Nothing(state),
    };

    /// <summary>No commit begins after this, and a running one is cancelled: the journal has all changes.</summary>
    private static (LifeState, IReadOnlyList<LifeAction>) OnTerminate(LifeState state)
    {
        if (state.IsTerminating || state.Phase == Phase.Ended)
        {
            return Nothing(state);
        }

        var told = state with { IsTerminating = true };
        return state.Phase switch
        {
            Phase.Starting or Phase.Serving => Abandon(told),
            Phase.Detached => To(told with { Phase = Phase.Tail }, LifeAction.StopServing),
            Phase.Detaching => To(told),
            _ => To(told, LifeAction.CancelCommit),
        };
    }

    private static (LifeState, IReadOnlyList<LifeAction>) Detach(LifeState state) =>
        To(state with { Phase = Phase.Detaching }, state.Mode.IsLazy ? LifeAction.DetachLazily : LifeAction.Detach);

    /// <summary>The server ends; the mount is removed, so that later accesses do not get ENOTCONN.</summary>
    private static (LifeState, IReadOnlyList<LifeAction>) Abandon(LifeState state) => state.IsDetached
        ? To(state with { Phase = Phase.Tail }, LifeAction.StopServing)
        : To(state with { Phase = Phase.Tail }, LifeAction.AbandonMount, LifeAction.StopServing);

    private static (LifeState, IReadOnlyList<LifeAction>) EnterTail(LifeState state) =>
        To(
            state with { Phase = Phase.Tail, IsGone = true },
            state.IsTerminating || state.Mode.KeepsChanges ? LifeAction.TailSync : LifeAction.TailCommit);

    private static (LifeState, IReadOnlyList<LifeAction>) Nothing(LifeState state) => (state, []);

    private static (LifeState, IReadOnlyList<LifeAction>) To(LifeState next, params LifeAction[] actions) => (next, actions);
}
