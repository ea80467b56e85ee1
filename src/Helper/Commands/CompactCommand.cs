using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Store;
using CondaFuse.Store.Committing;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse compact NAME</c>.</summary>
internal static class CompactCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string>("name") { Description = "An environment's name, or the path of an image" };
        var keep = new Option<int>("--keep") { Description = "Keep so many of the newest generations; 1 packs the newest anew", DefaultValueFactory = _ => 1, HelpName = "n" }
            .Taking("a number from 1 on", number => number >= 1);
        var threads = ThreadsOption.Create();
        var json = new Option<bool>("--json") { Description = "For scripts" };
        var command = new Command("compact", "Write an archive anew, without what only its earlier generations need; other users' own changes that build on one of those cannot be carried over any more") { subject, keep, threads, json };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.FindImage(parsed.GetRequiredValue(subject));
            var outcome = Compact(session, archive, parsed.GetValue(keep), ThreadsOption.Count(parsed.GetValue(threads)));
            if (parsed.GetValue(json))
            {
                PrintJson(archive, outcome);
            }
            else
            {
                Warnings.Write(outcome.Warnings);
                Terminal.Out.WriteLine(Words(archive, outcome));
            }
        });
        return command;
    }

    private static CompactionOutcome Compact(Session session, Archive archive, int keep, int threads)
    {
        var progress = new ProgressLine(session.Clock, "compacting");
        try
        {
            using var interrupt = new InterruptSource();
            var compaction = new ArchiveCompaction(session.Layout, Session.Writer, session.Clock);
            return keep == 1 ? compaction.PackAnew(archive, threads, progress, interrupt.Token) : compaction.KeepNewest(archive, keep, threads, progress, interrupt.Token);
        }
        finally
        {
            progress.Clear();
        }
    }

    private static string Words(Archive archive, CompactionOutcome outcome)
    {
        var sizes = $"Compacted '{archive.Name}' from {Sizes.Human(outcome.BytesBefore)} to {Sizes.Human(outcome.Bytes)}";
        return outcome switch
        {
            { IsDone: false } => $"'{archive.Name}' has only {List(outcome)}: there is nothing to gain, and nothing was changed",
            { Generations: [var only] } => $"{sizes}; its history begins anew with generation {only}",
            _ => $"{sizes}; of its history, {List(outcome)} remain",
        };
    }

    /// <summary><c>generations 3, 4 and 5</c>.</summary>
    private static string List(CompactionOutcome outcome) => outcome.Generations is [var only]
        ? $"generation {only}"
        : $"generations {string.Join(", ", outcome.Generations.Skip(1).Reverse())} and {outcome.Generations[0]}";

    private static void PrintJson(Archive archive, CompactionOutcome outcome) => JsonOutput.Write(json =>
    {
        json.WriteString("archive", archive.Path);
        json.WriteNumber("bytesBefore", outcome.BytesBefore);
        json.WriteNumber("bytes", outcome.Bytes);
        json.WriteStartArray("generations");
        foreach (var generation in outcome.Generations)
        {
            json.WriteNumberValue(generation);
        }

        json.WriteEndArray();
        json.WriteNumber("dropped", outcome.Dropped);
        json.WriteBoolean("compacted", outcome.IsDone);
        json.WriteStartArray("warnings");
        foreach (var warning in outcome.Warnings)
        {
            json.WriteStringValue(warning);
        }

        json.WriteEndArray();
    });
}
