using System.Text;
using System.Text.Json;

namespace CondaFuse.Store.Control;

/// <summary>A server's first report to the process that started it, which saves a status request.</summary>
/// <param name="Status">The mount's status; null if it is read-only, or the status is unknown.</param>
/// <param name="LeftOut">Why existing changes are not shown; null if they are.</param>
/// <param name="Notes">Warnings for the user.</param>
public sealed record StartReport(MountStatus? Status, string? LeftOut, IReadOnlyList<string> Notes)
{
    /// <summary>The first line: the mount is ready.</summary>
    private const string Ready = "ready";

    /// <summary>The text: the first line, a line of JSON, and one line per note.</summary>
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

    /// <summary>Parses the text; null if it is malformed.</summary>
    internal static StartReport? TryRead(string text)
    {
        if (text.Split('\n') is not [Ready, var line, .. var notes])
        {
            return null;
        }

        var json = JsonElement.Parse(line);
        return new StartReport(
            json.TryGetProperty("status", out var status) ? MountStatus.Read(status) : null, json.GetProperty("leftOut").GetString(), notes);
    }
}
