using System.Text.Json;
using CondaFuse.Platform;

namespace CondaFuse.Store.Committing;

/// <summary>What a server that has ended tells whoever unmounted: in a file of the runtime directory, for which that one asked by making it, and which that one removes.</summary>
/// <param name="Report">What was committed; null if nothing.</param>
/// <param name="Failure">Why nothing could be, although something was changed; null if that is not so.</param>
/// <param name="Note">What else a person should know; null if nothing.</param>
public sealed record EndOfMount(CommitReport? Report, string? Failure = null, string? Note = null)
{
    private const int Schema = 1;

    /// <summary>Asks for it.</summary>
    public static void Ask(PrivateFolder folder, string device) => folder.Write(RuntimeFolder.EndName(device), []);

    /// <summary>Reads it; null if nothing was left.</summary>
    public static EndOfMount? TryRead(PrivateFolder folder, string device)
    {
        try
        {
            using var document = JsonDocument.Parse(folder.TryRead(RuntimeFolder.EndName(device), 1 << 20) ?? []);
            var root = document.RootElement;
            return root.GetProperty("schema").GetInt32() != Schema
                ? null
                : new EndOfMount(
                    root.TryGetProperty("committed", out var report) ? CommitReport.Read(report) : null,
                    root.GetProperty("failure").GetString(),
                    root.GetProperty("note").GetString());
        }
        catch (Exception failure) when (failure is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Nothing, or the half of it: the archive's history has what was committed.
            return null;
        }
    }

    /// <summary>Leaves it, if somebody asked.</summary>
    public void Leave(PrivateFolder folder, string device)
    {
        if (folder.TryIdentify(RuntimeFolder.EndName(device)) is null)
        {
            return;
        }

        using var stream = new MemoryStream();
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteNumber("schema", Schema);
        if (Report is not null)
        {
            json.WriteStartObject("committed");
            Report.Write(json);
            json.WriteEndObject();
        }

        json.WriteString("failure", Failure);
        json.WriteString("note", Note);
        json.WriteEndObject();
        json.Flush();
        folder.Write(RuntimeFolder.EndName(device), stream.ToArray());
    }
}
