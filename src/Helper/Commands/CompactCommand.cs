using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Retention;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse compact NAME</c>.</summary>
internal static class CompactCommand
{
    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var keep = new Option<int?>("--keep")
        {
            Description = "Keep the newest N generations; default 1, which is repacked", HelpName = "n",
        }.Taking<int>("a number, 1 or more", number => number >= 1);
        var expired = new Option<bool>("--expired")
        {
            Description = $"Remove only the generations that {Retention.Variable} does not keep",
        };
        var repack = new Option<bool>("--repack")
        {
            Description = "Repack even without old generations, with what is used first stored together",
        };
        var yes = CommonOptions.Yes();
        var threads = ThreadsOption.Create();
        var json = CommonOptions.Json();
        const string purpose = "Remove old generations and free their space";
        var command = new Command("compact", purpose)
        {
            subject, keep, expired, repack, yes, threads, json,
        };
        command.Validators.Add(result =>
        {
            if (result.IsReadable(keep) && result.GetValue(keep) is not null && result.GetValue(expired))
            {
                result.AddError("give --keep or --expired, not both");
            }

            if (result.GetValue(repack) && (result.GetValue(expired) || (result.IsReadable(keep) && result.GetValue(keep) is > 1)))
            {
                result.AddError("--repack keeps the newest generation only: give it without --keep and --expired");
            }
        });
        command.SetAction(parsed =>
        {
            var archive = MountPlanner.DemandFile(session.Planner.FindImage(parsed.GetRequiredValue(subject)));
            var kept = Kept(session, archive, parsed.GetValue(keep), parsed.GetValue(expired), out var removed);
            if (removed.Count > 0)
            {
                var numbers = CompactionAfterCommit.Generations(removed);
                Message.Error(
                    $"this permanently removes {numbers} of '{archive.Name}'", $"condafuse log {ShellArgument.Of(archive.Name)} lists them");
                Question.Demand("Remove them?", parsed.GetValue(yes));
            }

            var outcome = Compact(session, archive, kept, parsed.GetValue(repack), ThreadsOption.Count(parsed.GetValue(threads)));
            if (parsed.GetValue(json))
            {
                PrintJson(archive, outcome);
            }
            else
            {
                Warnings.Write(outcome.Warnings);
                Terminal.Out.WriteLine(Words(archive, outcome));
            }

            return (int)ExitCode.Success;
        });
        return command;
    }

    /// <summary>The generations to keep; null to repack only the newest.</summary>
    private static IReadOnlySet<long>? Kept(Session session, Archive archive, int? keep, bool expired, out IReadOnlyList<long> removed)
    {
        var history = ImageHistory.Read(archive.Path);
        var all = history.Select(entry => entry.Number).Order().ToList();
        if (!expired && (keep ?? 1) == 1)
        {
            removed = [.. all.SkipLast(1)];
            return null;
        }

        var kept = expired ? Unexpired(session, archive, history) : all.TakeLast(keep!.Value).ToHashSet();
        removed = [.. all.Where(number => !kept.Contains(number))];
        return kept;
    }

    /// <summary>The generations that the policy keeps.</summary>
    private static IReadOnlySet<long> Unexpired(Session session, Archive archive, IReadOnlyList<GenerationEntry> history)
    {
        var policy = Retention.Policy(session) ?? throw new StoreException(StoreFault.BadName, Settings.Mistake(session, Retention.Variable)!);
        var emptied = EnvironmentMark.FindEmptied(archive.Path, [.. history.Select(entry => entry.Number)]);
        return policy.Keep(
            [.. history.Select(entry => RetainedGeneration.Of(entry, emptied))],
            session.Clock.GetUtcNow().ToUnixTimeSeconds());
    }

    /// <summary>Shows the progress.</summary>
    public static CompactionOutcome Compact(Session session, Archive archive, IReadOnlySet<long>? kept, bool always, int threads)
    {
        var progress = ProgressLine.Start(session.Clock, "compacting");
        try
        {
            using var interrupt = new InterruptSource();
            var compaction = new ArchiveCompaction(session.Layout, Session.Writer, session.Clock);
            return kept is null
                ? compaction.Repack(archive, always, threads, progress, interrupt.Token)
                : compaction.Keep(archive, kept, threads, progress, interrupt.Token);
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
            { IsDone: false } => $"Nothing to compact in '{archive.Name}': it holds {List(outcome)}",
            { Generations: [var only] } => $"{sizes}; it holds generation {only} only",
            _ => $"{sizes}; it holds {List(outcome)}",
        };
    }

    private static string List(CompactionOutcome outcome) => CompactionAfterCommit.Generations([.. outcome.Generations.Order()]);

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

/// <summary>A compaction in the background; started by <see cref="CompactionLauncher"/>, not by users.</summary>
internal static class CompactAloneCommand
{
    /// <summary>Compacts, with the launcher's arguments: archive, runtime directory.</summary>
    public static int Run(Session session, IReadOnlyList<string> words)
    {
        if (words is not [var image, var runtime])
        {
            return (int)ExitCode.Usage;
        }

        Priority.Lower();
        Directory.SetCurrentDirectory("/");
        using var interrupt = new InterruptSource();
        if (Retention.Policy(session) is { } policy
            && new BackgroundCompaction(session.WithRuntime(runtime).Layout, Session.Writer, session.Clock, policy)
                .Run(image, interrupt.Token) is { } result)
        {
            Terminal.Error.WriteLine(
                $"{session.Clock.GetUtcNow():O} compacted {image} from {result.BytesBefore} to {result.ImageBytes} bytes; generations "
                + $"{string.Join(", ", result.Kept)} remain");
        }

        return (int)ExitCode.Success;
    }
}

/// <summary>The user's setting of the generations to keep.</summary>
internal static class Retention
{
    /// <summary>Has the form that <see cref="RetentionPolicy.TryParse"/> accepts.</summary>
    public const string Variable = "CONDA_FUSE_KEEP";

    /// <summary>The policy; null if the setting is invalid: then nothing may be removed.</summary>
    public static RetentionPolicy? Policy(Session session) =>
        session.Variable(Variable) is { } setting ? RetentionPolicy.TryParse(setting) : RetentionPolicy.Default;
}
