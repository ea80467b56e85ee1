using System.Text.Json;
using CondaFuse.Images;

namespace CondaFuse.Store.Control;

/// <summary>The status of a mount, as its server reports it.</summary>
/// <param name="Identity">The archive.</param>
/// <param name="Generation">The mounted generation.</param>
/// <param name="PendingChanges">Number of uncommitted operations.</param>
/// <param name="PendingBytes">Their size in bytes.</param>
/// <param name="Writer">Who holds the write lock: this server, another process, or none.</param>
/// <param name="WriterName">A description of the holder for the user; null if there is none.</param>
/// <param name="LastRefusal">Why the last change was refused; null if it was not.</param>
/// <param name="PersonalFolder">The folder of this user's own changes; null if changes are kept beside the image.</param>
/// <param name="Committing">The progress of a commit; null if there is none.</param>
public sealed record MountStatus(
    Guid Identity, long Generation, long PendingChanges, long PendingBytes, WriterKind Writer, string? WriterName, string? LastRefusal,
    string? PersonalFolder,
    PackProgress? Committing = null)
{
    /// <summary>Whether it was unmounted without a commit, and only other mounts still show it: nothing is committed at its end.</summary>
    public bool KeepsChanges { get; init; }

    internal void Write(JsonFields json)
    {
        json.WriteString("identity", Identity);
        json.WriteNumber("generation", Generation);
        json.WriteNumber("pendingChanges", PendingChanges);
        json.WriteNumber("pendingBytes", PendingBytes);
        json.WriteString("writer", Writer switch { WriterKind.Mine => "mine", WriterKind.Other => "other", _ => "none" });
        json.WriteString("writerName", WriterName);
        json.WriteString("lastRefusal", LastRefusal);
        json.WriteString("personalFolder", PersonalFolder);
        json.WriteBoolean("keepsChanges", KeepsChanges);
        if (Committing is { } progress)
        {
            json.WriteObject("committing", fields =>
            {
                fields.WriteNumber("files", progress.Files);
                fields.WriteNumber("bytes", progress.Bytes);
                fields.WriteNumber("storedBytes", progress.StoredBytes);
                fields.WriteNumber("totalFiles", progress.TotalFiles);
                fields.WriteNumber("totalBytes", progress.TotalBytes);
                fields.WriteBoolean("isTotalKnown", progress.IsTotalKnown);
            });
        }
    }

    internal static MountStatus Read(JsonElement json) => new(
        json.GetProperty("identity").GetGuid(),
        json.GetProperty("generation").GetInt64(),
        json.GetProperty("pendingChanges").GetInt64(),
        json.GetProperty("pendingBytes").GetInt64(),
        json.GetProperty("writer").GetString() switch { "mine" => WriterKind.Mine, "other" => WriterKind.Other, _ => WriterKind.None },
        json.GetProperty("writerName").GetString(),
        json.GetProperty("lastRefusal").GetString(),
        json.GetProperty("personalFolder").GetString(),
        json.TryGetProperty("committing", out var progress) ? ReadProgress(progress) : null)
    {
        KeepsChanges = json.TryGetProperty("keepsChanges", out var keeps) && keeps.GetBoolean(), // servers of earlier versions do not write it
    };

    private static PackProgress ReadProgress(JsonElement json) => new(
        json.GetProperty("files").GetInt64(),
        json.GetProperty("bytes").GetInt64(),
        json.GetProperty("storedBytes").GetInt64(),
        json.GetProperty("totalFiles").GetInt64(),
        json.GetProperty("totalBytes").GetInt64(),
        json.GetProperty("isTotalKnown").GetBoolean());
}
