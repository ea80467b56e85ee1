using System.CommandLine;
using CondaFuse.Helper.Commands.Registries;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse mount NAME|IMAGE [DIRECTORY]</c>.</summary>
internal static class MountCommand
{
    /// <summary>The command's name, which start.c knows too.</summary>
    public const string Name = "mount";

    public static Command Create(Session session)
    {
        var subject = CommonOptions.Subject();
        var directory = new Argument<string?>("directory")
        {
            Description = "Directory to mount it at; default NAME below the mount root", Arity = ArgumentArity.ZeroOrOne,
        }.NotEmptyPath();
        var readOnly = new Option<bool>("--read-only") { Description = "Refuse all changes through this mount" };
        var generation = new Option<long?>("--generation")
        {
            Description = "Mount an earlier generation, read-only, by default at NAME@NUMBER",
            HelpName = "number",
        }.TakingGeneration();
        var allowOther = new Option<bool>("--allow-other")
        {
            Description = "Let other users use the mount; needs 'user_allow_other' in /etc/fuse.conf",
        };
        var takeOver = new Option<bool>("--take-over")
        {
            Description = "Take the write lock from a dead process on another host. Two living writers destroy each other's changes",
        };
        var foreground = new Option<bool>("--foreground") { Description = "Serve the mount in this process, until it is unmounted" };
        var printPrefix = new Option<bool>("--print-prefix") { Description = "Print only the prefix of the environment" };
        var (remote, json) = (new RemoteOptions(), CommonOptions.Json());
        var command = new Command(Name, "Mount an environment or an image")
        {
            subject,
            directory,
            readOnly,
            generation,
            allowOther,
            takeOver,
            foreground,
            printPrefix,
        };
        remote.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(allowOther))
            {
                FuseMounter.DemandAllowOther();
            }

            var wanted = remote.Resolve(session, parsed, parsed.GetRequiredValue(subject));
            if (parsed.GetValue(takeOver))
            {
                TakeOver(session, wanted);
            }

            using HostedServer? server = parsed.GetValue(foreground) ? new ForegroundServer(session)
                : session.IsForked ? new BackgroundServer(session) : null;
            try
            {
                var ofJob = parsed.GetValue(directory) is null && parsed.GetValue(generation) is null
                    ? JobMount.DirectoryOf(session, wanted)
                    : null;
                var (plan, outcome) = Mount(
                    session, wanted, parsed.GetValue(directory) ?? ofJob, parsed.GetValue(readOnly) || ofJob is not null,
                    parsed.GetValue(generation), parsed.GetValue(allowOther), server);
                Print(session, plan, outcome, parsed.GetValue(printPrefix), parsed.GetValue(json));
            }
            catch (Exception failure) when (server is { IsServing: true })
            {
                var code = Failure.Report(failure, parsed.GetValue(json));
                server.FinishFailed(code);
                return (int)code;
            }

            server?.Finish();
            return (int)ExitCode.Success;
        });
        return command;
    }

    private static void Print(Session session, MountPlan plan, MountOutcome outcome, bool onlyPrefix, bool json)
    {
        if (onlyPrefix)
        {
            EmptiedEnvironment.Refuse(session, plan);
        }

        if (json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteString("mountPoint", plan.MountPoint);
                writer.WriteString("prefix", plan.Prefix);
                writer.WriteString("archive", plan.Archive);
                writer.WriteBoolean("wasMounted", outcome == MountOutcome.AlreadyMounted);
                writer.WriteBoolean("readOnly", plan.ReadOnly);
                writer.WriteOptional("generation", plan.Generation);
            });
        }
        else
        {
            Terminal.Out.WriteLine(onlyPrefix ? Terminal.Exact(plan.Prefix) : Say(Screen.Of(session), plan, outcome));
        }
    }

    /// <summary>Has an environment mounted and its prefix registered; what is unusual goes to standard error.</summary>
    public static (MountPlan Plan, MountOutcome Outcome) Mount(
        Session session, string subject, string? directory, bool readOnly = false, long? generation = null, bool allowOther = false,
        HostedServer? server = null)
    {
        var keeper = session.KeeperServing(server is null ? null : server.Start);
        var located = session.Planner.Locate(subject, directory, readOnly, generation);
        located = located with { Plan = located.Plan with { AllowOther = allowOther } };
        using var prepared = keeper.TryPrepare(located.Plan);
        var plan = session.Planner.Complete(located);
        StartReport? report = null;
        var outcome = keeper.Ensure(plan, Tell, started => report = started, prepared);
        if (server is ForegroundServer && outcome == MountOutcome.AlreadyMounted)
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{plan.MountPoint} is mounted by another process: unmount it first");
        }

        if (outcome != MountOutcome.AlreadyMounted)
        {
            // The server takes its settings from here.
            Warnings.Write(Settings.Mistakes(session));
        }

        if (outcome == MountOutcome.Repaired)
        {
            Tell($"the server of {plan.MountPoint} was not running; mounted it again");
        }

        var live = report is null ? LiveMounts.Read(session.Layout).At(plan.MountPoint) : null;
        var leftOut = plan.Generation is null ? report is null ? live?.Record?.LeftOut : report.LeftOut : null;
        if (leftOut is null)
        {
            TellWhoWrites(session, plan, outcome, plan.ReadOnly ? null : report is null ? live?.Control?.TryGetStatus() : report.Status);
        }
        else
        {
            TellWhatIsLeftOut(session, plan, leftOut);
        }

        if (plan.Generation is null && !Layout.IsOfJob(plan.MountPoint))
        {
            Register(session, plan);
        }

        if (outcome != MountOutcome.AlreadyMounted && Settings.Mistake(session, IdleTime.Variable) is { } mistake)
        {
            Message.Warning($"'{Path.GetFileNameWithoutExtension(plan.Archive)}' is not unmounted when idle: {mistake}");
        }

        return (plan with { ReadOnly = plan.ReadOnly || leftOut is not null }, outcome);
    }

    private static void Tell(string text) => Message.Error(text);

    private static void TellWhoWrites(Session session, MountPlan plan, MountOutcome outcome, MountStatus? status)
    {
        if (status is null)
        {
            return;
        }

        var name = Path.GetFileNameWithoutExtension(plan.Archive);
        if (PendingMessages.ForUser(name, status) is { } words)
        {
            Tell(words);
        }

        if (outcome != MountOutcome.AlreadyMounted && status.PersonalFolder is { } folder)
        {
            var reason = ArchiveState.Read(session.Layout, plan.Archive).Place.PersonalBecause;
            if (!Writability.IsPossible(folder))
            {
                Tell($"{reason}, and your own changes cannot be kept in {folder}: '{name}' cannot be changed");
                return;
            }

            Tell($"{reason}: your changes to '{name}' are kept in {folder}, and only you see them");
            if (!ImageTree.HasGenerations(plan.Archive))
            {
                Message.Error(
                    $"'{name}' is a zip archive: the next commit by its owner makes your changes unusable",
                    $"condafuse commit {ShellArgument.Of(name)} --to NEW keeps them in a new archive");
            }
        }
    }

    private static void TellWhatIsLeftOut(Session session, MountPlan plan, string why)
    {
        var name = Path.GetFileNameWithoutExtension(plan.Archive);
        try
        {
            _ = KeptChanges.Count(ArchiveState.Read(session.Layout, plan.Archive), session.Clock);
            Message.Error($"warning: '{name}' is mounted read-only, without its uncommitted changes, which can be read "
                + $"again", $"conda-fuse-unmount {ShellArgument.Of(name)}, then mount it again");
        }
        catch (StoreException)
        {
            var lines = why.Split('\n', 2);
            Message.Error($"warning: '{name}' is mounted read-only, without its uncommitted changes: {lines[0]}", lines.ElementAtOrDefault(1));
        }
    }

    private static void TakeOver(Session session, string subject)
    {
        var state = ArchiveState.Read(session.Layout, session.Planner.Find(subject).Path);
        var lockStatus = Directory.Exists(state.Place.Folder)
            ? WriterClaim.TakeAway(state.Place.Files, Session.Writer, new KernelLocks())
            : default;
        Tell(
            lockStatus.IsHeld
                ? $"took the write lock of {state.Image} from {lockStatus}"
                : $"nothing to take over: no process holds the write lock of {state.Image}");
    }

    private static void Register(Session session, MountPlan plan)
    {
        try
        {
            new EnvironmentRegistry(session.Layout.RegistryFile).Add(plan.Prefix);
            EnvironmentLink.Keep(session, plan);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Only a convenience of 'conda env list' is lost.
            Message.Warning($"could not register {plan.Prefix} with conda: {failure.Message}");
        }
    }

    private static string Say(Screen screen, MountPlan plan, MountOutcome outcome) =>
        outcome == MountOutcome.AlreadyMounted
            ? $"{screen.Shorten(plan.Archive)} is already mounted at {screen.Shorten(plan.MountPoint)}"
            : $"Mounted {(plan.Generation is { } generation ? $"generation {generation} of " : string.Empty)}{screen.Shorten(plan.Archive)} at "
                + $"{screen.Shorten(plan.MountPoint)}{(plan.ReadOnly ? " (read-only)" : string.Empty)}";
}
