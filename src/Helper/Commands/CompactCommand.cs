using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Store.Committing;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse compact NAME</c>.</summary>
internal static class CompactCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string>("name") { Description = "An environment's name, or the path of an image" };
        var threads = ThreadsOption.Create();
        var command = new Command("compact", "Write an archive anew, without what only its earlier generations need") { subject, threads };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.FindImage(parsed.GetRequiredValue(subject));
            var progress = new ProgressLine(session.Clock, "compacting");
            try
            {
                using var interrupt = new InterruptSource();
                var compaction = new ArchiveCompaction(session.Layout, Session.Writer, session.Clock);
                var (before, result) = compaction.Run(archive, new PackOptions { Threads = ThreadsOption.Count(parsed.GetValue(threads)) }, progress, interrupt.Token);
                progress.Clear();
                Warnings.Write(result.Warnings);
                Console.WriteLine($"Compacted '{archive.Name}' from {Sizes.Human(before)} to {Sizes.Human(result.ImageBytes)}; its history begins anew");
            }
            finally
            {
                progress.Clear();
            }
        });
        return command;
    }
}
