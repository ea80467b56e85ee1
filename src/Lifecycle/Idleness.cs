namespace CondaFuse.Lifecycle;

/// <summary>When to unmount a mount that nobody uses, as a pure function: from a state and an event to the next state and what to do.</summary>
public static class Idleness
{
    /// <summary>How often the requests are compared within the limit. A mount is unmounted at most one such period late.</summary>
    private const int Checks = 4;

    private static readonly TimeSpan ShortestCheck = TimeSpan.FromMilliseconds(50);

    /// <summary>The step that an event causes.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="happened">The event.</param>
    /// <param name="now">The time by a clock that does not jump.</param>
    /// <param name="requests">How many requests were received so far.</param>
    /// <returns>The next state, what to do, and for <see cref="IdleAction.Wait"/> how long.</returns>
    public static (IdleState Next, IdleAction Action, TimeSpan Wait) Step(IdleState state, IdleEvent happened, TimeSpan now, long requests)
    {
        var isUsed = happened is IdleEvent.Used or IdleEvent.NotUnmounted || requests != state.Requests;
        var next = isUsed ? state with { LastUse = now, Requests = requests } : state;
        var left = next.LastUse + next.Limit - now;
        if (happened == IdleEvent.Unused && !isUsed)
        {
            return (next, IdleAction.Unmount, TimeSpan.Zero);
        }

        return left <= TimeSpan.Zero ? (next, IdleAction.Look, TimeSpan.Zero) : (next, IdleAction.Wait, Shorter(left, next.Limit / Checks));
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan check) =>
        TimeSpan.FromTicks(Math.Max(Math.Min(left.Ticks, check.Ticks), ShortestCheck.Ticks));
}

/// <summary>What is known about the use of a mount.</summary>
/// <param name="Limit">How long nobody must use it.</param>
/// <param name="LastUse">When its use was last noticed.</param>
/// <param name="Requests">How many requests it had received by then.</param>
public readonly record struct IdleState(TimeSpan Limit, TimeSpan LastUse, long Requests);

/// <summary>An event of the idle clock.</summary>
public enum IdleEvent
{
    /// <summary>The wait is over.</summary>
    Tick,

    /// <summary>A process, or a shell in which the environment is active, uses the mount.</summary>
    Used,

    /// <summary>None does.</summary>
    Unused,

    /// <summary>The mount could not be unmounted: it is in use after all, or the changes could not be committed.</summary>
    NotUnmounted,
}

/// <summary>What the idle clock does next.</summary>
public enum IdleAction
{
    /// <summary>Wait, then tick.</summary>
    Wait,

    /// <summary>Look for processes and shells that use the mount; answers with Used or Unused.</summary>
    Look,

    /// <summary>Commit and unmount; answers with NotUnmounted if that fails.</summary>
    Unmount,
}
