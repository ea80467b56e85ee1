namespace CondaFuse.Store.Writing;

/// <summary>What the shell does next for a process that wants to write (docs/formats.md, "Writers").</summary>
internal enum ClaimAction
{
    /// <summary>Open or make <c>writer</c>, and try to lock it.</summary>
    TryLock,

    /// <summary>Ask whether the locked file still has its name.</summary>
    VerifyLock,

    /// <summary>Write one's own claim to a <c>holder</c> file of its own, and sync it.</summary>
    PublishHolder,

    /// <summary>Make <c>lease</c> with one's own claim, whole and synced, unless there is one.</summary>
    CreateLease,

    /// <summary>Read <c>lease</c>.</summary>
    ReadLease,

    /// <summary>Read the <c>holder</c> files of all others.</summary>
    ReadHolder,

    /// <summary>Make the file that gives the right to remove one particular abandoned lease, unless there is one.</summary>
    CreateBreak,

    /// <summary>Ask whether <c>lease</c> still is the abandoned one.</summary>
    VerifyAbandoned,

    /// <summary>Remove <c>lease</c>, whoever has it.</summary>
    RemoveAbandoned,

    /// <summary>Remove the file that <see cref="CreateBreak"/> made.</summary>
    RemoveBreak,

    /// <summary>Remove one's own <c>holder</c> file.</summary>
    ClearHolder,

    /// <summary>Remove <c>lease</c> if it is one's own.</summary>
    RemoveLease,

    /// <summary>Close <c>writer</c>, which ends the lock.</summary>
    Unlock,

    /// <summary>Nothing: this process may write.</summary>
    Hold,

    /// <summary>Nothing: another one writes.</summary>
    Refuse,

    /// <summary>Nothing: the storage failed.</summary>
    Fail,
}

/// <summary>What an action found.</summary>
internal enum ClaimResult
{
    /// <summary>It was done, or what was asked for is so.</summary>
    Yes,

    /// <summary>It was not done because another one's is there, or what was asked for is not so.</summary>
    No,

    /// <summary>The file system has no locks that reach every host.</summary>
    NoLocks,

    /// <summary>What was read is not there.</summary>
    None,

    /// <summary>What was read is that of a process that has ended.</summary>
    Abandoned,

    /// <summary>What was read is that of a process that lives, or of which nobody here knows.</summary>
    Live,

    /// <summary>The storage failed; a change may have been made or not.</summary>
    Failed,
}

/// <summary>Where a process is that wants to write.</summary>
/// <param name="Next">What it does next.</param>
/// <param name="HasLock">Whether it has the kernel's lock.</param>
/// <param name="HasHolder">Whether its <c>holder</c> file may be there.</param>
/// <param name="HasLease">Whether <c>lease</c> may be its own.</param>
/// <param name="After">How it ends, once it has withdrawn.</param>
/// <param name="Rounds">How often it has begun again.</param>
internal readonly record struct ClaimState(ClaimAction Next, bool HasLock, bool HasHolder, bool HasLease, ClaimAction After, int Rounds)
{
    /// <summary>Before the first action.</summary>
    public static ClaimState Start => new(ClaimAction.TryLock, HasLock: false, HasHolder: false, HasLease: false, ClaimAction.Hold, 0);

    /// <summary>Whether nothing more is to be done.</summary>
    public bool IsOver => Next is ClaimAction.Hold or ClaimAction.Refuse or ClaimAction.Fail;
}

/// <summary>
/// Who may write, as a pure transition function. Processes with locks exclude each other by the kernel's lock of <c>writer</c>, those without by the
/// exclusive creation of <c>lease</c>. Both kinds exclude each other because each first publishes its own claim, and then looks for one of the other
/// kind: whoever publishes second sees the first.
/// </summary>
internal static class ClaimProtocol
{
    /// <summary>How often a process begins again where files vanish under it.</summary>
    internal const int MaxRounds = 8;

    /// <summary>Goes one step on.</summary>
    /// <param name="state">Where it is.</param>
    /// <param name="result">What <see cref="ClaimState.Next"/> found.</param>
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
            // A writer without locks removes the file at its end; asked again after its lease was not there,
            // the name tells whether this lock still counts.
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

    /// <summary>Gives up what this process has, the lock last: until then nobody else with locks publishes.</summary>
    /// <param name="state">What it has.</param>
    /// <param name="after">How it ends.</param>
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
