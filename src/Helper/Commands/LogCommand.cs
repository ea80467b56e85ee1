using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Packing.Metadata;
using CondaFuse.Store.Packages;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse log NAME</c>.</summary>
internal static class LogCommand
{
    /// <summary>With fewer columns, a title is abbreviated.</summary>
    private const int NarrowScreen = 60;

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
                var screen = Screen.Of(session);
                Pager.Show(session, screen, output => Print(output, screen, history, packages));
            }
        });
        return command;
    }

    /// <summary>Prints the history as a table.</summary>
    internal static void Print(
        LineOutput output, Screen screen, IReadOnlyList<GenerationEntry> history, IReadOnlyDictionary<long, IReadOnlyList<PackageChange>> packages)
    {
        var table = new Table(new Column(IsRightAligned: true), default, new Column(IsRightAligned: true, Spare: 1), new Column(Spare: 2), default);
        table.AddShaded(
            screen.Width < NarrowScreen ? new Cell("GEN", Shade.Bold) : new Cell("GENERATION", Shade.Bold), new Cell("TIME", Shade.Bold),
            new Cell("SIZE", Shade.Bold), new Cell("CHANGES", Shade.Bold), new Cell("MESSAGE", Shade.Bold));
        foreach (var entry in history)
        {
            var restored = entry.Restored is { } number && entry.Message != $"back to {number}" ? $"(back to {number}) " : string.Empty;
            table.AddShaded(
                new Cell($"{entry.Number}", Shade.Yellow), screen.Time(entry.Time), entry.ContentBytes is { } bytes ? Sizes.Human(bytes) : "?",
                entry.Difference is { } difference ? GenerationText.Of(difference)
                    : entry.Counts is { } counts ? $"{counts.Total} in all"
                    : "by another tool",
                $"{restored}{Words(Line(entry.Message), PackageText.Of(packages.GetValueOrDefault(entry.Number) ?? []))}");
        }

        table.Write(output, screen);
    }

    /// <summary>The message, followed by the packages unless the message lists them.</summary>
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
            json.WriteString("time", GenerationText.Iso(entry.Time));
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
