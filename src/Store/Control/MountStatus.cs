using System.Text.Json;
using CondaFuse.Images;

namespace CondaFuse.Store.Control;

/// <summary>What a server says of its mount.</summary>
/// <param name="Identity">The archive.</param>
/// <param name="Generation">Its generation that is mounted.</param>
/// <param name="PendingChanges">Operations that are not in the image.</param>
/// <param name="PendingBytes">Bytes that they take.</param>
/// <param name="Writer">Whether this server writes, or somebody else, or nobody.</param>
/// <param name="WriterName">Who writes, for a person; null if nobody.</param>
/// <param name="LastRefusal">Why the last change was refused; null if none was.</param>
/// <param name="PersonalFolder">Where changes are kept that are this user's own; null if they are beside the image.</param>
/// <param name="Committing">How far the commit is that is under way; null without one.</param>
public sealed record MountStatus(
    Guid Identity, long Generation, long PendingChanges, long PendingBytes, WriterKind Writer, string? WriterName, string? LastRefusal,
    string? PersonalFolder,
    PackProgress? Committing = null)
{
    internal void Write(Utf8JsonWriter json)
    {
        json.WriteString("identity", Identity);
        json.WriteNumber("generation", Generation);
        json.WriteNumber("pendingChanges", PendingChanges);
        json.WriteNumber("pendingBytes", PendingBytes);
        json.WriteString("writer", Writer switch { WriterKind.Mine => "mine", WriterKind.Other => "other", _ => "none" });
        json.WriteString("writerName", WriterName);
        json.WriteString("lastRefusal", LastRefusal);
        json.WriteString("personalFolder", PersonalFolder);
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
        json.TryGetProperty("committing", out var progress) ? ReadProgress(progress) : null);

    private static PackProgress ReadProgress(JsonElement json) => new(
        json.GetProperty("files").GetInt64(),
        json.GetProperty("bytes").GetInt64(),
        json.GetProperty("storedBytes").GetInt64(),
        json.GetProperty("totalFiles").GetInt64(),
        json.GetProperty("totalBytes").GetInt64(),
        json.GetProperty("isTotalKnown").GetBoolean());
}
