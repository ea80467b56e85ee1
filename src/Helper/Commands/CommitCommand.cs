using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Packing;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;
using CondaFuse.Store.Layers;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse commit NAME</c>.</summary>
internal static class CommitCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var message = MessageOption.Create("Message for the history; default: the packages that changed");
        var target = new Option<string?>("--to")
        {
            Description = "Write a new archive with the changes instead",
            HelpName = "name|path",
        };
        var json = CommonOptions.Json();
        var threads = ThreadsOption.Create();
        var command = new Command(
            "commit", "Commit changes to the archive as a new generation") { subject, message, target, json, threads };
        command.SetAction(parsed =>
        {
            var archive = session.Planner.Find(parsed.GetRequiredValue(subject));
            var request = new CommitRequest(ThreadsOption.Count(parsed.GetValue(threads)), parsed.GetValue(message));
            if (parsed.GetValue(target) is { } name)
            {
                Fork(session, archive, name, request);
                return;
            }

            var report = Commit(session, archive, request, out var isMounted);
            var note = report is null || isMounted
                ? null
                : CompactionAfterCommit.Begin(session, archive.Path, CanonicalPath.Resolve(session.Layout.MountPoint(archive.Name)));
            Warnings.Write(report?.Warnings ?? []);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(writer =>
                {
                    writer.WriteString("name", archive.Name.Value);
                    writer.WriteString("archive", archive.Path);
                    writer.WriteBoolean("committed", report is not null);
                    report?.Write(writer);
                    writer.WriteString("note", note);
                });
            }
            else
            {
                Terminal.Out.WriteLine(
                    report is null
                        ? $"No uncommitted changes in '{archive.Name}'"
                        : $"Committed generation {report.Generation} of '{archive.Name}': {Describe(report)}");
                if (note is not null)
                {
                    Terminal.Out.WriteLine($"  {note}");
                }
            }
        });
        return command;
    }

    /// <summary>Commits through the server of a mount if there is one; its users can continue.</summary>
    private static CommitReport? Commit(Session session, Archive archive, CommitRequest request, out bool isMounted)
    {
        var image = CanonicalPath.Resolve(archive.Path);
        var mounts = LiveMounts.Read(session.Layout).All().Where(mount => mount.Archive == image && !mount.IsDead && !mount.Entry.IsReadOnly);
        var servers = mounts.Select(
            mount =>
                mount.Control
                    ?? throw new StoreException(
                        StoreFault.Server, $"the server of {mount.Entry.MountPoint} was not found")
                    {
                        Hint = $"condafuse unmount {ShellArgument.Of(mount.Entry.MountPoint)}",
                    }).ToList();
        if (servers.Count == 0)
        {
            // A mount in another mount namespace can commit if it writes; one that only reads is not involved.
            servers = [.. LiveMounts.Read(session.Layout).Elsewhere().Where(mount => mount.Archive == image).Select(mount => mount.Control!)
                .Where(server => server.TryGetStatus()?.Writer == WriterKind.Mine)];
        }

        isMounted = servers.Count > 0;
        if (!isMounted)
        {
            return WithProgress(session, (progress, cancellation) =>
                new EnvironmentCommitter(session.Layout, Session.Writer, session.Clock, Tell).Commit(archive.Path, request, progress, cancellation));
        }

        var writing = servers.Select(server => (Server: server, Status: server.TryGetStatus()))
            .OrderByDescending(pair => pair.Status?.Writer == WriterKind.Mine)
            .First();
        if (writing.Status is { PendingChanges: 0 })
        {
            return null;
        }

        if (writing.Status is { PersonalFolder: { } folder })
        {
            throw ArchiveState.Read(session.Layout, archive.Path).Place.Refusal(archive.Name.Value, $"your changes stay in {folder}");
        }

        using var watch = new CommitProgressLine(session, writing.Server);
        return writing.Server.Commit(request, watch.Show);
    }

    /// <summary>The result of a commit in one line.</summary>
    private static string Describe(CommitReport report) =>
        $"{(report.Packages.Length > 0 ? $"{report.Packages}; " : string.Empty)}{GenerationText.Of(report.Difference)}; "
        + $"the archive {(report.GrownBytes < 0 ? "shrank" : "grew")} by {Sizes.Human(Math.Abs(report.GrownBytes))} in {report.Seconds:0.00} s";

    private static void Fork(Session session, Archive archive, string name, CommitRequest request)
    {
        var forked = WithProgress(session, (progress, cancellation) =>
            new EnvironmentFork(session.Layout, session.Catalog, session.Clock, forked => RelocatedEnvironment.Of(
                forked.Tree, forked.Top, forked.Prefix, forked.Destination, cancellation)).Write(archive, name, request, progress, cancellation));
        Warnings.Write(forked.Result.Warnings);
        Terminal.Out.WriteLine(
            $"Wrote {forked.Archive} ({Sizes.Human(forked.Result.ImageBytes)}), with your changes, for the prefix {forked.Prefix}; "
                + $"'{archive.Name}' and its changes stay as they are");
    }

    private static T WithProgress<T>(Session session, Func<ProgressLine, CancellationToken, T> action)
    {
        var progress = ProgressLine.Start(session.Clock, "committing");
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

    private static void Tell(string text) => Message.Error(text);
}

/// <summary><c>condafuse rollback NAME GENERATION</c>.</summary>
internal static class RollbackCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var generation = new Argument<long>("generation") { Description = "Number of the generation; 'condafuse log' lists them" }.TakingGeneration();
        var message = MessageOption.Create("Message for the history");
        var json = CommonOptions.Json();
        var command = new Command(
            "rollback", "Restore an earlier generation, as a new one that you can undo") { subject, generation, message, json };
        command.SetAction(parsed =>
        {
            var archive = MountPlanner.DemandFile(session.Planner.FindImage(parsed.GetRequiredValue(subject)));
            EmptiedEnvironment.Unmount(session, archive);
            var number = parsed.GetRequiredValue(generation);
            var result = new GenerationRestoring(session.Layout, Session.Writer, session.Clock)
                .Restore(archive, number, parsed.GetValue(message), Environment.ProcessorCount);
            JsonOutput.WriteOr(
                parsed.GetValue(json),
                result is null
                    ? $"'{archive.Name}' already has the content of generation {number}: nothing to restore"
                    : $"Restored generation {number} of '{archive.Name}' as generation {result.Info.Generation}: "
                        + $"{GenerationText.Of(result.Difference)}",
                writer =>
                {
                    writer.WriteString("name", archive.Name.Value);
                    writer.WriteString("archive", archive.Path);
                    writer.WriteNumber("restored", number);
                    writer.WriteOptional("generation", result?.Info.Generation);
                    writer.WriteNumber("added", result?.Difference.Added ?? 0);
                    writer.WriteNumber("changed", result?.Difference.Changed ?? 0);
                    writer.WriteNumber("removed", result?.Difference.Removed ?? 0);
                });
        });
        return command;
    }
}
