using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
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
        var json = CommonOptions.Json();
        var command = new Command(
            "convert", "Convert an archive to another format") { subject, format, threads, yes, json };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.FindFile(parsed.GetRequiredValue(subject));
            var wanted = ArchiveFormats.Find(parsed.GetRequiredValue(format))!.Value;
            var conversion = new ArchiveConversion(session.Layout, Session.Writer, session.Clock);
            if (conversion.IsDone(archive, wanted))
            {
                Print(
                    archive, archive.Path, wanted, $"'{archive.Name}' already has the format {wanted.Name()}: {archive.Path}",
                    parsed.GetValue(json));
                return (int)ExitCode.Success;
            }

            var lost = conversion.CountLost(archive, wanted);
            if (lost > 0)
            {
                Message.Error(
                    $"this permanently removes {lost} earlier generation{(lost == 1 ? string.Empty : "s")} of '{archive.Name}': "
                    + "a zip archive holds only the current one",
                    $"condafuse log {ShellArgument.Of(archive.Name)} lists them");
                Question.Demand("Remove them?", parsed.GetValue(yes));
            }

            var progress = ProgressLine.Start(session.Clock, "converting");
            try
            {
                using var interrupt = new InterruptSource();
                var outcome = conversion.Run(archive, wanted, ThreadsOption.Count(parsed.GetValue(threads)), progress, interrupt.Token);
                progress.Clear();
                Warnings.Write(outcome.Result?.Warnings ?? []);
                var text = outcome.Result is { } result
                    ? $"Converted '{archive.Name}' from {Sizes.Human(outcome.Before)} to {Sizes.Human(result.ImageBytes)}: {outcome.Archive}"
                    : $"Finished an interrupted conversion of '{archive.Name}': {outcome.Archive}";
                Print(archive, outcome.Archive, wanted, text, parsed.GetValue(json));
                return (int)ExitCode.Success;
            }
            finally
            {
                progress.Clear();
            }
        });
        return command;
    }

    private static void Print(Archive archive, string path, ArchiveFormat format, string text, bool json) => JsonOutput.WriteOr(json, text, writer =>
    {
        writer.WriteString("name", archive.Name.Value);
        writer.WriteString("archive", path);
        writer.WriteString("format", format.Name());
        writer.WriteNumber("bytes", new FileInfo(CanonicalPath.Resolve(path)).Length);
    });
}
