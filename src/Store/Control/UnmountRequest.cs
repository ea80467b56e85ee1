using System.Text.Json;
using CondaFuse.Store.Committing;

namespace CondaFuse.Store.Control;

/// <summary>A request to unmount.</summary>
/// <param name="IsLazy">Detach it even if it is in use.</param>
/// <param name="KeepsChanges">Leave uncommitted changes beside the archive.</param>
/// <param name="CommitsFirst">Commit before detaching, so that a failure is known while the mount still exists; otherwise only afterwards.</param>
/// <param name="Threads">How many threads a commit may use.</param>
public sealed record UnmountRequest(bool IsLazy, bool KeepsChanges, bool CommitsFirst, int Threads)
{
    internal void Write(JsonFields json)
    {
        json.WriteBoolean("lazy", IsLazy);
        json.WriteBoolean("keep", KeepsChanges);
        json.WriteBoolean("commitFirst", CommitsFirst);
        json.WriteNumber("threads", Threads);
    }

    internal static UnmountRequest Read(JsonElement json) => new(
        json.GetProperty("lazy").GetBoolean(), json.GetProperty("keep").GetBoolean(), json.GetProperty("commitFirst").GetBoolean(),
        ControlProtocol.Threads(json));
}

/// <summary>The outcome of an unmount.</summary>
public enum UnmountOutcome
{
    /// <summary>The mount is gone. Everything was saved as requested, or the reply says why not.</summary>
    Ended,

    /// <summary>It was detached lazily; it ends when its last user leaves it.</summary>
    Detached,

    /// <summary>It was detached, but is still visible in another mount: a bind mount, or a mount in another namespace.</summary>
    StillShown,

    /// <summary>It is in use, and still mounted.</summary>
    Busy,

    /// <summary>Committing failed; it is still mounted.</summary>
    NotCommitted,

    /// <summary>It could not be detached for another reason; it is still mounted.</summary>
    NotDetached,
}

/// <summary>A server's reply to an <see cref="UnmountRequest"/>.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Report">The result of the commit; null if there was none.</param>
/// <param name="Failure">The failure; null if there was none.</param>
/// <param name="Note">Another note for the user; null if there is none.</param>
/// <param name="KeptChanges">Number of this mount's operations that stay beside the archive.</param>
/// <param name="KeptBytes">Their size in bytes.</param>
public sealed record UnmountReply(
    UnmountOutcome Outcome, CommitReport? Report = null, string? Failure = null, string? Note = null, long KeptChanges = 0, long KeptBytes = 0)
{
    /// <summary>The mount's status before; null if there were no changes, or the status is unknown.</summary>
    public MountStatus? Before { get; init; }

    /// <summary>The same reply, with the mount's status before where there were changes.</summary>
    internal UnmountReply After(MountStatus? status) =>
        status is { PendingChanges: 0, Writer: not WriterKind.Mine } && KeptChanges == 0 ? this : this with { Before = status };

    /// <summary>Whether the server was dead, so that nothing was committed. Never set by a server.</summary>
    public bool WasDead { get; init; }

    /// <summary>The outcome as a word for scripts.</summary>
    public string OutcomeWord => Words[(int)Outcome];

    private static readonly string[] Words = ["ended", "detached", "still-shown", "busy", "not-committed", "not-detached"];

    internal void Write(JsonFields json)
    {
        json.WriteString("outcome", Words[(int)Outcome]);
        if (Report is not null)
        {
            json.WriteObject("committed", Report.Write);
        }

        json.WriteString("failure", Failure);
        json.WriteString("note", Note);
        json.WriteNumber("keptChanges", KeptChanges);
        json.WriteNumber("keptBytes", KeptBytes);
        if (Before is not null)
        {
            json.WriteObject("before", Before.Write);
        }
    }

    internal static UnmountReply Read(JsonElement json) => new(
        Array.IndexOf(Words, json.GetProperty("outcome").GetString()) is >= 0 and var outcome
            ? (UnmountOutcome)outcome
            : throw new FormatException("an unknown outcome"),
        json.TryGetProperty("committed", out var report) ? CommitReport.Read(report) : null,
        json.GetProperty("failure").GetString(),
        json.GetProperty("note").GetString(),
        json.GetProperty("keptChanges").GetInt64(),
        json.GetProperty("keptBytes").GetInt64()) { Before = json.TryGetProperty("before", out var before) ? MountStatus.Read(before) : null };
}
