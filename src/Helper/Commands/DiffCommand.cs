using System.CommandLine;
using System.Text.Json;
using CondaFuse.Changes.Comparing;
using CondaFuse.Helper.Output;
using CondaFuse.Store.Layers;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse diff NAME</c>.</summary>
internal static class DiffCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var before = new Argument<long?>("generation")
        {
            Description = "Compare this generation with the current one",
            Arity = ArgumentArity.ZeroOrOne,
        }.TakingGeneration();
        var after = new Argument<long?>("other")
        {
            Description = "Compare the first generation with this one", Arity = ArgumentArity.ZeroOrOne,
        }.TakingGeneration();
        var stat = new Option<bool>("--stat") { Description = "Print only how many files differ, and how" };
        var json = CommonOptions.Json();
        var command = new Command(
            "diff", "Show uncommitted changes, or compare two generations")
        {
            subject, before, after, stat, json,
        };
        command.SetAction(parsed =>
        {
            var generation = parsed.GetValue(before);
            var name = parsed.GetRequiredValue(subject);
            var archive = generation is null ? session.Planner.Find(name) : session.Planner.FindImage(name);
            var difference = generation is { } number
                ? EnvironmentDifference.Between(session.Layout, archive, number, parsed.GetValue(after), Environment.ProcessorCount)
                : EnvironmentDifference.Read(session.Layout, archive, session.Clock);
            if (parsed.GetValue(json))
            {
                PrintJson(archive.Name.Value, difference);
            }
            else
            {
                var screen = Screen.Of(session);
                Pager.Show(session, screen, output => Print(
                    new DifferenceReport(output, screen), archive.Name.Value, difference, generation is null, parsed.GetValue(stat)));
            }
        });
        return command;
    }

    private static void Print(DifferenceReport report, string name, EnvironmentDifference difference, bool isUncommitted, bool isShort)
    {
        if (isUncommitted && difference.PendingChanges == 0)
        {
            report.WriteLine($"No uncommitted changes in '{name}'");
            return;
        }

        if (isShort)
        {
            report.WriteCounts(difference.Packages, difference.Paths);
            return;
        }

        report.Write(difference.Packages, difference.Paths);
        report.WriteLine(isUncommitted
            ? $"{DifferenceReport.Count(difference.Paths)}; kept in {report.Screen.Shorten(difference.State.Place.Folder)} "
                + $"({Sizes.Human(difference.PendingBytes)})"
            : DifferenceReport.Count(difference.Paths));
        if (isUncommitted && difference.State.Place.PersonalBecause is { } reason)
        {
            report.WriteLine($"Only you see these changes: {reason}.");
        }
    }

    private static void PrintJson(string name, EnvironmentDifference difference) => JsonOutput.Write(json =>
    {
        json.WriteString("name", name);
        json.WriteString("archive", difference.State.Image);
        json.WriteNumber("generation", difference.State.Version.Generation);
        json.WriteString("folder", difference.State.Place.Folder);
        json.WriteBoolean("personal", difference.State.Place.IsPersonal);
        json.WriteNumber("pendingChanges", difference.PendingChanges);
        json.WriteNumber("pendingBytes", difference.PendingBytes);
        PackageJson.Write(json, difference.Packages);
        (string Key, DifferenceKind Kind)[] lists =
        [
            ("added", DifferenceKind.Added), ("changed", DifferenceKind.Changed), ("attributes", DifferenceKind.Attributes),
            ("renamed", DifferenceKind.Renamed), ("removed", DifferenceKind.Removed),
        ];
        foreach (var (key, kind) in lists)
        {
            WriteList(json, key, difference.Paths.Where(path => path.Kind == kind));
        }
    });

    private static void WriteList(Utf8JsonWriter json, string key, IEnumerable<TreeDifference> paths)
    {
        json.WriteStartArray(key);
        foreach (var path in paths)
        {
            json.WriteStartObject();
            json.WriteString("path", DifferenceReport.Text(path.Path));
            json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(path.EntryKind.ToString()));
            json.WriteNumber("bytes", path.Size);
            if (path.OldPath is { } old)
            {
                json.WriteString("oldPath", DifferenceReport.Text(old));
                json.WriteBoolean("contentChanged", path.ContentChanged);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
