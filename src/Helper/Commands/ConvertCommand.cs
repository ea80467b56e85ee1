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
        var subject = CommonOptions.Subject();
        var format = new Option<string>("--to") { Description = "New format: squashfs or zip", Required = true, HelpName = "format" };
        format.OneOf([.. ArchiveFormats.All.Select(known => known.Name())]);
        var threads = ThreadsOption.Create();
        var yes = CommonOptions.Yes();
        var command = new Command(
            "convert", "Convert an archive to another format") { subject, format, threads, yes };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.Find(parsed.GetRequiredValue(subject));
            var wanted = ArchiveFormats.Find(parsed.GetRequiredValue(format))!.Value;
            var conversion = new ArchiveConversion(session.Layout, Session.Writer, session.Clock);
            if (conversion.IsDone(archive, wanted))
            {
                Terminal.Out.WriteLine($"'{archive.Name}' is in the format {wanted.Name()} already: {archive.Path}");
                return (int)ExitCode.Success;
            }

            var lost = conversion.CountLost(archive, wanted);
            if (lost > 0)
            {
                Terminal.Error.WriteLine(
                    $"condafuse: this drops for good the {lost} earlier generation(s) of '{archive.Name}': a zip archive keeps its newest state "
                    + $"only (condafuse log {archive.Name})");
                if (!Question.IsAnswered("Drop them?", parsed.GetValue(yes)))
                {
                    Terminal.Error.WriteLine("condafuse: nothing was changed");
                    return (int)ExitCode.Failed;
                }
            }

            var progress = new ProgressLine(session.Clock, "converting");
            try
            {
                using var interrupt = new InterruptSource();
                var outcome = conversion.Run(archive, wanted, ThreadsOption.Count(parsed.GetValue(threads)), progress, interrupt.Token);
                progress.Clear();
                Warnings.Write(outcome.Result?.Warnings ?? []);
                Terminal.Out.WriteLine(outcome.Result is { } result
                    ? $"Converted '{archive.Name}' from {Sizes.Human(outcome.Before)} to {Sizes.Human(result.ImageBytes)}: {outcome.Archive}"
                    : $"Finished a conversion of '{archive.Name}' that was interrupted: {outcome.Archive}");
                return (int)ExitCode.Success;
            }
            finally
            {
                progress.Clear();
            }
        });
        return command;
    }
}
