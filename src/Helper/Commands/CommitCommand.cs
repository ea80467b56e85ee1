using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Committing;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse commit NAME</c>.</summary>
internal static class CommitCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string>("name") { Description = "An environment's name, or the path of an image" };
        var message = new Option<string?>("--message", "-m") { Description = "What the history shall say; by default, the packages that changed", HelpName = "text" };
        var target = new Option<string?>("--to") { Description = "Write a new archive of this NAME instead, with the changes in it; the old one, and its changes, stay", HelpName = "name" };
        var json = new Option<bool>("--json") { Description = "For scripts" };
        var threads = ThreadsOption.Create();
        var command = new Command("commit", "Put what was changed in an environment into its archive, as a new generation") { subject, message, target, json, threads };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.FindImage(parsed.GetRequiredValue(subject));
            var request = new CommitRequest(ThreadsOption.Count(parsed.GetValue(threads)), parsed.GetValue(message));
            if (parsed.GetValue(target) is { } name)
            {
                Fork(session, archive, EnvironmentName.Parse(name), request);
                return;
            }

            DemandUnmounted(session, archive);
            var outcome = WithProgress(session, (progress, cancellation) =>
                new EnvironmentCommitter(session.Layout, Session.Writer, session.Clock, Tell).Commit(archive.Path, request, progress, cancellation));
            if (parsed.GetValue(json))
            {
                PrintJson(archive, outcome);
            }
            else
            {
                Console.WriteLine(outcome is null ? $"nothing was changed in '{archive.Name}'" : $"Committed generation {outcome.Result.Info.Generation} of '{archive.Name}': {Describe(outcome)}");
            }
        });
        return command;
    }

    /// <summary>What a commit did, in one line.</summary>
    public static string Describe(CommitOutcome outcome)
    {
        var packages = CondaFuse.Store.Packages.PackageWords.Of(outcome.Packages);
        return $"{(packages.Length > 0 ? $"{packages}; " : string.Empty)}{GenerationWords.Of(outcome.Result.Difference)}; "
            + $"the archive grew by {Sizes.Human(outcome.Result.GrownBytes)} in {outcome.Took.TotalSeconds:0.00} s";
    }

    private static void DemandUnmounted(Session session, Archive archive)
    {
        var image = CanonicalPath.Resolve(archive.Path);
        if (LiveMounts.Read(session.Layout).All().FirstOrDefault(mount => mount.Archive == image && !mount.IsDead && !mount.Entry.IsReadOnly) is { } mount)
        {
            throw new StoreException(StoreFault.Busy, $"'{archive.Name}' is mounted at {mount.Entry.MountPoint}, and committed when it is unmounted: conda-fuse-unmount {archive.Name}");
        }
    }

    private static void Fork(Session session, Archive archive, EnvironmentName name, CommitRequest request)
    {
        var forked = WithProgress(session, (progress, cancellation) =>
            new EnvironmentFork(session.Layout, session.Catalog, session.Clock).Write(archive, name, request, progress, cancellation));
        Warnings.Write(forked.Result.Warnings);
        Console.WriteLine($"Wrote {forked.Archive} ({Sizes.Human(forked.Result.ImageBytes)}), with {forked.PendingChanges} changes in it; '{archive.Name}' and its changes are as they were");
    }

    private static T WithProgress<T>(Session session, Func<ProgressLine, CancellationToken, T> action)
    {
        var progress = new ProgressLine(session.Clock, "committing");
        try
        {
            using var interrupt = new InterruptSource();
            return action(progress, interrupt.Token);
        }
        finally
        {
            progress.Clear();
        }
    }

    private static void Tell(string text) => Console.Error.WriteLine($"condafuse: {text}");

    private static void PrintJson(Archive archive, CommitOutcome? outcome) => JsonOutput.Write(json =>
    {
        json.WriteString("name", archive.Name.Value);
        json.WriteString("archive", archive.Path);
        json.WriteBoolean("committed", outcome is not null);
        json.WriteOptional("generation", outcome?.Result.Info.Generation);
        json.WriteOptional("grownBytes", outcome?.Result.GrownBytes);
        json.WriteOptional("added", outcome?.Result.Difference.Added);
        json.WriteOptional("changed", outcome?.Result.Difference.Changed);
        json.WriteOptional("removed", outcome?.Result.Difference.Removed);
    });
}
