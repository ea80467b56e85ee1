using System.CommandLine;
using System.Text.Json;
using CondaFuse.Changes.Rebasing;
using CondaFuse.Helper.Output;
using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse rebase NAME</c>.</summary>
internal static class RebaseCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var keep = new Option<string?>("--keep")
        {
            Description = "Resolve conflicts with your side (mine) or the archive's (theirs)",
            HelpName = "mine|theirs",
        };
        keep.OneOf("mine", "theirs");
        var json = CommonOptions.Json();
        var threads = ThreadsOption.Create();
        var command = new Command("rebase", "Carry your changes over to the current generation of an archive") { subject, keep, json, threads };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.Find(parsed.GetRequiredValue(subject));
            var side = parsed.GetValue(keep);
            var outcome = new LayerRebasing(session.Layout, Session.Writer, session.Clock, text => Message.Error(text))
                .Run(
                    archive,
                    side switch { "mine" => RebaseSide.Mine, "theirs" => RebaseSide.Theirs, _ => null },
                    ThreadsOption.Count(parsed.GetValue(threads)));
            var name = archive.Name.Value;
            if (parsed.GetValue(json))
            {
                PrintJson(name, archive.Path, side, outcome);
            }
            else
            {
                Print(Screen.Of(session), name, side, outcome);
            }

            return (int)(outcome is { IsDone: false } ? ExitCode.Failed : ExitCode.Success);
        });
        return command;
    }

    private static void Print(Screen screen, string name, string? side, RebaseOutcome? outcome)
    {
        if (outcome is null)
        {
            Terminal.Out.WriteLine($"Nothing to carry over: '{name}' has no changes that build on an earlier generation");
            return;
        }

        if (outcome.Conflicts.Count > 0)
        {
            var table = Table.Wrapped(3);
            foreach (var conflict in outcome.Conflicts)
            {
                table.Add($"  {Word(conflict.Here)} here", $"{Word(conflict.There)} there", PrintableText.Of(conflict.Path.Span));
            }

            table.Write(Terminal.Out, screen);
        }

        if (outcome.IsDone)
        {
            var kept = outcome.Conflicts.Count > 0
                ? $"; {outcome.Conflicts.Count} conflict{Plural(outcome.Conflicts.Count)} resolved with {side}"
                : string.Empty;
            Terminal.Out.WriteLine($"Carried the changes of '{name}' over from generation {outcome.Before} to {outcome.Generation}{kept}");
            return;
        }

        Message.Error(
            $"{outcome.Conflicts.Count} conflict{Plural(outcome.Conflicts.Count)} between your changes to generation {outcome.Before} of "
                + $"'{name}' and "
            + $"generation {outcome.Generation}; nothing was changed",
            $"condafuse rebase {ShellArgument.Of(name)} --keep mine resolves them with your side, --keep theirs with the archive's");
    }

    private static string Plural(int count) => count == 1 ? string.Empty : "s";

    private static string Word(SideChange change) =>
        change == SideChange.Attributes ? "attributes changed" : JsonNamingPolicy.CamelCase.ConvertName(change.ToString());

    private static void PrintJson(string name, string archive, string? side, RebaseOutcome? outcome) => JsonOutput.Write(json =>
    {
        json.WriteString("name", name);
        json.WriteString("archive", archive);
        json.WriteBoolean("rebased", outcome is { IsDone: true });
        json.WriteOptional("before", outcome?.Before);
        json.WriteOptional("generation", outcome?.Generation);
        json.WriteOptional("pendingChanges", outcome is { IsDone: true } ? outcome.PendingChanges : null);
        json.WriteString("kept", side);
        json.WriteStartArray("conflicts");
        foreach (var conflict in outcome?.Conflicts ?? [])
        {
            json.WriteStartObject();
            json.WriteString("path", DifferenceReport.Text(conflict.Path));
            json.WriteString("here", JsonNamingPolicy.CamelCase.ConvertName(conflict.Here.ToString()));
            json.WriteString("there", JsonNamingPolicy.CamelCase.ConvertName(conflict.There.ToString()));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
