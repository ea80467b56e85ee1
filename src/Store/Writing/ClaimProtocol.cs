namespace CondaFuse.Store.Writing;

/// <summary>The next action of a process that wants to write (docs/formats.md, "Writers").</summary>
internal enum ClaimAction
{
    /// <summary>Open or create <c>writer</c>, and try to lock it.</summary>
    TryLock,

    /// <summary>Check whether the locked file still has its name.</summary>
    VerifyLock,

    /// <summary>Write this process's claim to its own <c>holder</c> file, and sync it.</summary>
    PublishHolder,

    /// <summary>Create <c>lease</c> with this process's claim, complete and synced, unless it exists.</summary>
    CreateLease,

    /// <summary>Read <c>lease</c>.</summary>
    ReadLease,

    /// <summary>Read the <c>holder</c> files of all other processes.</summary>
    ReadHolder,

    /// <summary>Create the file that grants the removal of one particular abandoned lease, unless it exists.</summary>
    CreateBreak,

    /// <summary>Check whether <c>lease</c> still is the abandoned one.</summary>
    VerifyAbandoned,

    /// <summary>Remove <c>lease</c>, regardless of its holder.</summary>
    RemoveAbandoned,

    /// <summary>Remove the file that <see cref="CreateBreak"/> created.</summary>
    RemoveBreak,

    /// <summary>Remove this process's <c>holder</c> file.</summary>
    ClearHolder,

    /// <summary>Remove <c>lease</c> if it belongs to this process.</summary>
    RemoveLease,

    /// <summary>Close <c>writer</c>, which releases the lock.</summary>
    Unlock,

    /// <summary>Final: this process may write.</summary>
    Hold,

    /// <summary>Final: another process writes.</summary>
    Refuse,

    /// <summary>Final: the storage failed.</summary>
    Fail,
}

/// <summary>The result of an action.</summary>
internal enum ClaimResult
{
    /// <summary>It was done, or the condition holds.</summary>
    Yes,

    /// <summary>It was not done because another process was first, or the condition does not hold.</summary>
    No,

    /// <summary>The file system has no locks that work across hosts.</summary>
    NoLocks,

    /// <summary>The file does not exist.</summary>
    None,

    /// <summary>The file belongs to a process that has ended.</summary>
    Abandoned,

    /// <summary>The file belongs to a process that is alive, or whose state is unknown here.</summary>
    Live,

    /// <summary>The storage failed; a change may or may not have been made.</summary>
    Failed,
}

/// <summary>The state of a process that wants to write.</summary>
/// <param name="Next">Its next action.</param>
/// <param name="HasLock">Whether it has the kernel's lock.</param>
/// <param name="HasHolder">Whether its <c>holder</c> file may be there.</param>
/// <param name="HasLease">Whether <c>lease</c> may belong to it.</param>
/// <param name="After">The final action after it has withdrawn.</param>
/// <param name="Rounds">How often it has started over.</param>
internal readonly record struct ClaimState(ClaimAction Next, bool HasLock, bool HasHolder, bool HasLease, ClaimAction After, int Rounds)
{
    /// <summary>Before the first action.</summary>
    public static ClaimState Start => new(ClaimAction.TryLock, HasLock: false, HasHolder: false, HasLease: false, ClaimAction.Hold, 0);

    /// <summary>Whether the next action is final.</summary>
    public bool IsOver => Next is ClaimAction.Hold or ClaimAction.Refuse or ClaimAction.Fail;
}

/// <summary>
/// Decides who may write, as a pure transition function. Processes with locks exclude each other by the kernel's lock on <c>writer</c>, those
/// without by exclusive creation of <c>lease</c>. The two kinds exclude each other because each first publishes its claim, and then looks for a
/// claim of the other kind: the process that publishes second sees the first.
/// </summary>
internal static class ClaimProtocol
{
    /// <summary>How often a process starts over if files vanish meanwhile.</summary>
    internal const int MaxRounds = 8;

    /// <summary>Advances one step.</summary>
    /// <param name="state">The current state.</param>
    /// <param name="result">The result of <see cref="ClaimState.Next"/>.</param>
    internal static ClaimState Apply(ClaimState state, ClaimResult result) => state.Next switch
    {
        ClaimAction.TryLock => result switch
        {
            ClaimResult.Yes => state with { Next = ClaimAction.VerifyLock, HasLock = true },
            ClaimResult.NoLocks => state with { Next = ClaimAction.ReadHolder },
            ClaimResult.No => Withdraw(state, ClaimAction.Refuse),
            _ => Withdraw(state, ClaimAction.Fail),
        },
        ClaimAction.VerifyLock => result switch
        {
            // A writer without locks removes the file when it ends. Check the name again after finding no lease: it shows whether this lock still
            // counts.
            ClaimResult.Yes =>
                state.HasHolder ? state with { Next = ClaimAction.Hold } : state with { Next = ClaimAction.PublishHolder, HasHolder = true },
            ClaimResult.No => Again(state, ClaimAction.TryLock),
            _ => Withdraw(state, ClaimAction.Fail),
        },
        ClaimAction.PublishHolder => result == ClaimResult.Yes ? state with { Next = ClaimAction.ReadLease } : Withdraw(state, ClaimAction.Fail),
        ClaimAction.ReadLease => result switch
        {
            ClaimResult.None => state.HasLock ? state with { Next = ClaimAction.VerifyLock } : Again(state, ClaimAction.CreateLease),
            ClaimResult.Abandoned => state with { Next = ClaimAction.CreateBreak },
            ClaimResult.Live => Withdraw(state, ClaimAction.Refuse),
            _ => Withdraw(state, ClaimAction.Fail),
        },
        ClaimAction.ReadHolder => result switch
        {
            ClaimResult.None or ClaimResult.Abandoned => state with { Next = state.HasLease ? ClaimAction.Hold : ClaimAction.CreateLease },
            ClaimResult.Live => Withdraw(state, ClaimAction.Refuse),
            _ => Withdraw(state, ClaimAction.Fail),
        },
        ClaimAction.CreateLease => result switch
        {
            ClaimResult.Yes => state with { Next = ClaimAction.ReadHolder, HasLease = true },
            ClaimResult.No => state with { Next = ClaimAction.ReadLease },
            _ => Withdraw(state with { HasLease = true }, ClaimAction.Fail),
        },
        ClaimAction.CreateBreak => result switch
        {
            ClaimResult.Yes => state with { Next = ClaimAction.VerifyAbandoned },
            ClaimResult.No => Withdraw(state, ClaimAction.Refuse),
            _ => Withdraw(state, ClaimAction.Fail),
        },
        ClaimAction.VerifyAbandoned => state with { Next = result == ClaimResult.Yes ? ClaimAction.RemoveAbandoned : ClaimAction.RemoveBreak },
        ClaimAction.RemoveAbandoned => state with { Next = ClaimAction.RemoveBreak },
        ClaimAction.RemoveBreak => Again(state, ClaimAction.ReadLease),
        ClaimAction.RemoveLease => Withdraw(state with { HasLease = false }, state.After),
        ClaimAction.ClearHolder => Withdraw(state with { HasHolder = false }, state.After),
        ClaimAction.Unlock =>
            state.After == ClaimAction.TryLock
                ? state with { Next = ClaimAction.TryLock, HasLock = false }
                : Withdraw(state with { HasLock = false }, state.After),
        _ => throw new InvalidOperationException($"{state.Next} is the end."),
    };

    /// <summary>Releases everything that this process holds, the lock last: until then, no other process with locks publishes.</summary>
    /// <param name="state">The current state.</param>
    /// <param name="after">The final action.</param>
    internal static ClaimState Withdraw(ClaimState state, ClaimAction after) => state with
    {
        After = after,
        Next = state.HasLease ? ClaimAction.RemoveLease : state.HasHolder ? ClaimAction.ClearHolder : state.HasLock ? ClaimAction.Unlock : after,
    };

    private static ClaimState Again(ClaimState state, ClaimAction next)
    {
        if (state.Rounds >= MaxRounds)
        {
            return Withdraw(state, ClaimAction.Refuse);
        }

        var again = state with { Rounds = state.Rounds + 1 };
        return next == ClaimAction.TryLock ? Withdraw(again, ClaimAction.TryLock) : again with { Next = next };
    }
}
