using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Packing.Metadata;
using CondaFuse.Store.Packages;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse log NAME</c>.</summary>
internal static class LogCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var json = CommonOptions.Json();
        var command = new Command("log", "Show the generations of an archive, newest first") { subject, json };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.FindImage(parsed.GetRequiredValue(subject));
            var history = ImageHistory.Read(archive.Path);
            var packages = PackageHistory.Read(archive, history);
            if (parsed.GetValue(json))
            {
                PrintJson(archive.Path, history, packages);
            }
            else
            {
                Print(history, packages);
            }
        });
        return command;
    }

    private static void Print(IReadOnlyList<GenerationEntry> history, IReadOnlyDictionary<long, IReadOnlyList<PackageChange>> packages)
    {
        var table = new Table(true, false, true, false, false);
        table.Add("generation", "time", "size", "entries", "message");
        foreach (var entry in history)
        {
            var restored = entry.Restored is { } number && entry.Message != $"back to {number}" ? $"(back to {number}) " : string.Empty;
            table.Add(
                $"{entry.Number}", GenerationText.Time(entry.Time), entry.ContentBytes is { } bytes ? Sizes.Human(bytes) : "?",
                entry.Difference is { } difference ? GenerationText.Of(difference)
                    : entry.Counts is { } counts ? $"{counts.Total} in all"
                    : "by another tool",
                $"{restored}{Words(Line(entry.Message), PackageText.Of(packages.GetValueOrDefault(entry.Number) ?? []))}");
        }

        table.Write(Terminal.Out);
    }

    /// <summary>The message, and behind it the packages, unless it is them.</summary>
    private static string Words(string message, string packages) => (message, packages) switch
    {
        (_, "") => message,
        ("", _) => packages,
        _ when message == packages => message,
        _ => $"{message} ({packages})",
    };

    /// <summary>A message's first line.</summary>
    private static string Line(string message) => message.Split('\n')[0];

    private static void PrintJson(
        string path,
        IReadOnlyList<GenerationEntry> history, IReadOnlyDictionary<long, IReadOnlyList<PackageChange>> packages) => JsonOutput.Write(json =>
    {
        json.WriteString("archive", path);
        json.WriteStartArray("generations");
        foreach (var entry in history)
        {
            json.WriteStartObject();
            json.WriteNumber("generation", entry.Number);
            json.WriteNumber("seconds", entry.Time.Seconds);
            json.WriteNumber("nanoseconds", entry.Time.Nanoseconds);
            json.WriteString("message", entry.Message);
            json.WriteOptional("restored", entry.Restored);
            json.WriteOptional("uncompressedBytes", entry.ContentBytes);
            json.WriteOptional("files", entry.Counts?.Total);
            json.WriteOptional("added", entry.Difference?.Added);
            json.WriteOptional("addedBytes", entry.Difference?.AddedBytes);
            json.WriteOptional("changed", entry.Difference?.Changed);
            json.WriteOptional("changedBytes", entry.Difference?.ChangedBytes);
            json.WriteOptional("removed", entry.Difference?.Removed);
            json.WriteOptional("removedBytes", entry.Difference?.RemovedBytes);
            if (packages.TryGetValue(entry.Number, out var changes))
            {
                PackageJson.Write(json, changes);
            }
            else
            {
                json.WriteNull(PackageJson.Key);
            }

            json.WriteNumber("endBytes", entry.EndBytes);
            json.WriteNumber("deadBytes", entry.DeadBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
