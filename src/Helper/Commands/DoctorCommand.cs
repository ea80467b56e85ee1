using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse doctor</c>: reports problems and how to fix them.</summary>
internal static class DoctorCommand
{
    public static Command Create(Session session)
    {
        var json = CommonOptions.Json();
        var clean = new Option<bool>("--clean") { Description = "Remove leftovers; ask before touching uncommitted changes" };
        var move = new Option<bool>("--move-changes")
        {
            Description = "With --clean: move changes of renamed archives without asking",
        };
        var discard = new Option<bool>("--discard-changes")
        {
            Description = "With --clean: remove changes of deleted archives without asking",
        };
        var command = new Command("doctor", "Check this machine, and find and remove leftovers") { json, clean, move, discard };
        command.SetAction(parsed =>
        {
            var cleaning = Cleaning(parsed.GetValue(clean), parsed.GetValue(move), parsed.GetValue(discard), parsed.GetValue(json));
            var checks = new MachineChecks(session).Run().Concat(Leftovers(session, cleaning)).ToList();
            if (parsed.GetValue(json))
            {
                PrintJson(checks);
            }
            else
            {
                Print(Screen.Of(session), checks);
            }

            return (int)(checks.Exists(check => check.State == CheckState.Wrong) ? ExitCode.Failed : ExitCode.Success);
        });
        return command;
    }

    /// <summary>Whether to remove a leftover: one that needs a decision is removed only if its own option is given, or the user confirms.</summary>
    private static Func<Leftover, bool> Cleaning(bool clean, bool move, bool discard, bool isQuiet) => leftover => clean && leftover switch
    {
        { Question: null } => true,
        { Discards: true } when discard => true,
        { Discards: false } when move => true,
        { Question: { } question } => !isQuiet && Terminal.CanAsk && Question.IsAnswered(question, isYes: false),
    };

    private static IEnumerable<Check> Leftovers(Session session, Func<Leftover, bool> isCleaned)
    {
        var found = new LeftoverFinder(session.Layout, session.Catalog, session.Mounter, Session.Writer, session.Clock).Find().ToList();
        foreach (var leftover in found)
        {
            if (leftover.Clean is { } cleanUp && isCleaned(leftover))
            {
                cleanUp();
                var done = leftover is { Question: not null, Discards: false } ? "moved" : "cleaned";
                yield return new Check("leftover", CheckState.Good, $"{leftover.Kind} {done}: {leftover.Subject}", null);
            }
            else
            {
                yield return new Check(
                    "leftover", leftover.IsProblem ? CheckState.Wrong : CheckState.Warning, $"{leftover.Kind}: {leftover.Subject}",
                    leftover.Advice ?? "condafuse doctor --clean");
            }
        }

        if (found.Count == 0)
        {
            yield return new Check("leftovers", CheckState.Good, "none", null);
        }
    }

    private static void Print(Screen screen, IReadOnlyList<Check> checks)
    {
        var table = Table.Wrapped(3);
        foreach (var check in checks)
        {
            table.Add(check.State switch { CheckState.Good => "ok", CheckState.Warning => "note", _ => "WRONG" }, check.Name, check.Finding);
            if (check.Remedy is { } remedy)
            {
                table.Add(string.Empty, string.Empty, $"-> {remedy}");
            }
        }

        table.Write(Terminal.Out, screen);
    }

    private static void PrintJson(IReadOnlyList<Check> checks) => JsonOutput.Write(json =>
    {
        json.WriteStartArray("checks");
        foreach (var check in checks)
        {
            json.WriteStartObject();
            json.WriteString("name", check.Name);
            json.WriteString("state", check.State switch { CheckState.Good => "ok", CheckState.Warning => "note", _ => "wrong" });
            json.WriteString("finding", check.Finding);
            json.WriteString("remedy", check.Remedy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}

/// <summary>One check.</summary>
/// <param name="Name">The item that was checked.</param>
/// <param name="State">The result.</param>
/// <param name="Finding">The finding.</param>
/// <param name="Remedy">How to fix it; null if nothing is wrong.</param>
internal sealed record Check(string Name, CheckState State, string Finding, string? Remedy);

/// <summary>The result of a check.</summary>
internal enum CheckState
{
    Good,
    Warning,
    Wrong,
}
