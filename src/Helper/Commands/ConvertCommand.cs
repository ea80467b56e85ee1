using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Store;
using CondaFuse.Store.Committing;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse convert NAME --to FORMAT</c>.</summary>
internal static class ConvertCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string>("name") { Description = "An environment's name, or the path of an image" };
        var format = new Option<string>("--to") { Description = "squashfs or zip", Required = true, HelpName = "format" };
        format.AcceptOnlyFromAmong([.. ArchiveFormats.All.Select(known => known.Name())]);
        var threads = ThreadsOption.Create();
        var command = new Command("convert", "Write an archive in another format; the old file goes when the new one is whole") { subject, format, threads };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.Find(parsed.GetRequiredValue(subject));
            var progress = new ProgressLine(session.Clock, "converting");
            try
            {
                using var interrupt = new InterruptSource();
                var outcome = new ArchiveConversion(session.Layout, Session.Writer, session.Clock).Run(
                    archive, ArchiveFormats.Find(parsed.GetRequiredValue(format))!.Value, ThreadsOption.Count(parsed.GetValue(threads)), progress, interrupt.Token);
                progress.Clear();
                Warnings.Write(outcome.Result.Warnings);
                if (outcome.LostGenerations > 0)
                {
                    Warnings.Write([$"{outcome.LostGenerations} earlier generations were left out: a zip archive keeps its newest state only."]);
                }

                Console.WriteLine($"Converted '{archive.Name}' from {Sizes.Human(outcome.Before)} to {Sizes.Human(outcome.Result.ImageBytes)}: {outcome.Archive}");
            }
            finally
            {
                progress.Clear();
            }
        });
        return command;
    }
}
