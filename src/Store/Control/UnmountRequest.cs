using System.Text.Json;
using CondaFuse.Store.Committing;

namespace CondaFuse.Store.Control;

/// <summary>How a server is to unmount its mount.</summary>
/// <param name="IsLazy">Detach it although it is in use.</param>
/// <param name="KeepsChanges">Leave what was changed beside the archive.</param>
/// <param name="CommitsFirst">Commit before detaching, so that a failure is known while the mount is there; else only afterwards.</param>
/// <param name="Threads">How many threads may commit.</param>
public sealed record UnmountRequest(bool IsLazy, bool KeepsChanges, bool CommitsFirst, int Threads)
{
    internal void Write(Utf8JsonWriter json)
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

/// <summary>What became of an unmount.</summary>
public enum UnmountOutcome
{
    /// <summary>The mount is gone, and everything is where it should be, or the reply says why not.</summary>
    Ended,

    /// <summary>It was detached lazily; it ends when its last user leaves it.</summary>
    Detached,

    /// <summary>It was detached, and is still shown by another mount: a bind mount, or one in another namespace.</summary>
    StillShown,

    /// <summary>It is in use, and still there.</summary>
    Busy,

    /// <summary>What was changed could not be committed; the mount is still there.</summary>
    NotCommitted,

    /// <summary>It could not be detached for another reason; it is still there.</summary>
    NotDetached,
}

/// <summary>A server's answer to an <see cref="UnmountRequest"/>.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Report">What was committed; null if nothing.</param>
/// <param name="Failure">Why not; null if that is not so.</param>
/// <param name="Note">What else a person should know; null if nothing.</param>
/// <param name="KeptChanges">Operations of this mount that stay beside the archive.</param>
/// <param name="KeptBytes">Bytes that they take.</param>
public sealed record UnmountReply(
    UnmountOutcome Outcome, CommitReport? Report = null, string? Failure = null, string? Note = null, long KeptChanges = 0, long KeptBytes = 0)
{
    /// <summary>How the mount was before; null where nothing can be changed, or that is not known.</summary>
    public MountStatus? Before { get; init; }

    /// <summary>Whether the server was dead, so that nobody committed anything. No server says so.</summary>
    public bool WasDead { get; init; }

    private static readonly string[] Words = ["ended", "detached", "still-shown", "busy", "not-committed", "not-detached"];

    internal void Write(Utf8JsonWriter json)
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
