using System.Text.Json;
using CondaFuse.Images;

namespace CondaFuse.Store.Committing;

/// <summary>The result of a commit.</summary>
/// <param name="Generation">The archive's new generation.</param>
/// <param name="Difference">What it changed.</param>
/// <param name="GrownBytes">Growth of the archive's file in bytes.</param>
/// <param name="Packages">The package changes in one line; empty if there are none.</param>
/// <param name="Seconds">Duration.</param>
/// <param name="Warnings">What could not be stored, one sentence each.</param>
public sealed record CommitReport(
    long Generation, GenerationDifference Difference, long GrownBytes, string Packages, double Seconds, IReadOnlyList<string> Warnings)
{
    /// <summary>Writes its fields into a JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        using var document = JsonDocument.Parse(JsonText.Object(Write));
        foreach (var field in document.RootElement.EnumerateObject())
        {
            field.WriteTo(json);
        }
    }

    internal void Write(JsonFields json)
    {
        json.WriteNumber("generation", Generation);
        json.WriteNumber("added", Difference.Added);
        json.WriteNumber("addedBytes", Difference.AddedBytes);
        json.WriteNumber("changed", Difference.Changed);
        json.WriteNumber("changedBytes", Difference.ChangedBytes);
        json.WriteNumber("removed", Difference.Removed);
        json.WriteNumber("removedBytes", Difference.RemovedBytes);
        json.WriteNumber("grownBytes", GrownBytes);
        json.WriteString("packages", Packages);
        json.WriteNumber("seconds", Seconds);
        json.WriteStrings("warnings", Warnings);
    }

    internal static CommitReport Read(JsonElement json) => new(
        json.GetProperty("generation").GetInt64(),
        new GenerationDifference(
            json.GetProperty("added").GetInt64(), json.GetProperty("addedBytes").GetInt64(),
            json.GetProperty("changed").GetInt64(), json.GetProperty("changedBytes").GetInt64(),
            json.GetProperty("removed").GetInt64(), json.GetProperty("removedBytes").GetInt64()),
        json.GetProperty("grownBytes").GetInt64(),
        json.GetProperty("packages").GetString()!,
        json.GetProperty("seconds").GetDouble(),
        [.. json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)]);
}
