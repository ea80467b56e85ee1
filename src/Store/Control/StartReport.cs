using System.Text;
using System.Text.Json;

namespace CondaFuse.Store.Control;

/// <summary>What a server says of its mount to who started it, so that it need not be asked.</summary>
/// <param name="Status">How the mount is; null where nothing can be changed, or that is not known.</param>
/// <param name="LeftOut">Why changes that are there are not shown; null where they are.</param>
/// <param name="Notes">What it found amiss, in words for a person.</param>
public sealed record StartReport(MountStatus? Status, string? LeftOut, IReadOnlyList<string> Notes)
{
    /// <summary>The line before everything else: the mount answers.</summary>
    private const string Ready = "ready";

    /// <summary>The text: a line that says so, one of JSON, and one for each note.</summary>
    public string Write()
    {
        var line = JsonText.Object(json =>
        {
            json.WriteString("leftOut", LeftOut);
            if (Status is not null)
            {
                json.WriteObject("status", Status.Write);
            }
        });
        return string.Join('\n', [Ready, Encoding.UTF8.GetString(line), .. Notes]);
    }

    /// <summary>Reads it; null if it is none.</summary>
    internal static StartReport? TryRead(string text)
    {
        if (text.Split('\n') is not [Ready, var line, .. var notes])
        {
            return null;
        }

        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        return new StartReport(
            json.TryGetProperty("status", out var status) ? MountStatus.Read(status) : null, json.GetProperty("leftOut").GetString(), notes);
    }
}
