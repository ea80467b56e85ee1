using System.CommandLine;
using System.Text.Json;
using CondaFuse.Helper.Output;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse unmount NAME|DIRECTORY</c>.</summary>
internal static class UnmountCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string?>("name")
        {
            Description = "Name of an environment, or directory where an image is mounted", Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "Unmount every environment below the mount root" };
        var wait = new Option<double>("--wait") { Description = "Wait up to SECONDS for processes that use it", HelpName = "seconds" }
            .Taking("a number of seconds, 0 or more", number => number is >= 0 and <= int.MaxValue);
        var lazy = new Option<bool>("--lazy") { Description = "Detach it now, even if it is in use; it ends with its last process" };
        var noCommit = new Option<bool>("--no-commit") { Description = "Keep the changes beside the archive instead of committing them" };
        var printLevels = new Option<bool>("--print-levels")
        {
            Description = "Unmount nothing; print how often this shell must deactivate first",
            Hidden = true,
        };
        var ifMounted = new Option<bool>("--if-mounted") { Description = "What is not mounted is no error", Hidden = true };
        var json = CommonOptions.Json();
        var command = new Command(
            "unmount", "Commit changes and unmount an environment") { subject, all, wait, lazy, noCommit, json, printLevels, ifMounted };
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == (result.GetValue(subject) is not null))
            {
                result.AddError("unmount needs NAME, DIRECTORY or --all");
            }
        });
        command.SetAction(parsed =>
        {
            var options = new UnmountOptions(TimeSpan.FromSeconds(parsed.GetValue(wait)), parsed.GetValue(lazy))
            {
                KeepsChanges = parsed.GetValue(noCommit), Threads = Environment.ProcessorCount,
            };
            if (parsed.GetValue(subject) is not { } name)
            {
                return (int)(parsed.GetValue(printLevels) ? PrintAllLevels(session) : UnmountAll(session, options, parsed.GetValue(json)));
            }

            if (parsed.GetValue(printLevels) && LeftActive(session, name) is > 0 and var left)
            {
                Terminal.WriteExactly($"{left}");
                return (int)ExitCode.Success;
            }

            string mountPoint;
            try
            {
                mountPoint = session.Planner.MountPointOf(name);
            }
            catch (StoreException absent) when (absent.Fault == StoreFault.NotFound && parsed.GetValue(ifMounted))
            {
                Terminal.Out.WriteLine($"'{name}' was already unmounted");
                return (int)ExitCode.Success;
            }

            // The working directory may be inside the mount, and must not keep it busy.
            Directory.SetCurrentDirectory("/");
            if (parsed.GetValue(printLevels))
            {
                PrintLevels(session, mountPoint, options);
                return (int)ExitCode.Success;
            }

            using var watch = Watched(session, mountPoint, options, parsed.GetValue(json));
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(watch.Write);
            }

            return (int)(watch.IsWhole ? ExitCode.Success : ExitCode.Failed);
        });
        return command;
    }

    /// <summary>For the shell functions: prints how often to deactivate before everything is unmounted.</summary>
    private static ExitCode PrintAllLevels(Session session)
    {
        var stack = new ActivationStack(session);
        var levels = OwnMountPoints(session).Select(stack.LevelsAbove).DefaultIfEmpty().Max();
        Terminal.WriteExactly($"{levels}");
        return ExitCode.Success;
    }

    /// <summary>This user's mount points below the mount root.</summary>
    private static List<string> OwnMountPoints(Session session)
    {
        var root = CanonicalPath.Resolve(session.Layout.MountRoot);
        return [.. LiveMounts.Read(session.Layout).All().Select(mount => mount.Entry.MountPoint)
            .Where(point => Path.GetDirectoryName(point) == root).Order(StringComparer.Ordinal)];
    }

    /// <summary>Unmounts one after the other; a failure does not affect the others.</summary>
    /// <returns>The exit code of the first that failed.</returns>
    private static ExitCode UnmountAll(Session session, UnmountOptions options, bool json)
    {
        Directory.SetCurrentDirectory("/");
        var result = ExitCode.Success;
        var outcomes = new List<Action<Utf8JsonWriter>>();
        foreach (var mountPoint in OwnMountPoints(session))
        {
            var code = ExitCode.Failed;
            try
            {
                using var watch = Watched(session, mountPoint, options, json);
                code = watch.IsWhole ? ExitCode.Success : ExitCode.Failed;
                outcomes.Add(watch.Write);
            }
            catch (Exception failure) when (failure is StoreException or MountException or TreeException or IOException)
            {
                code = Failure.Report(failure);
                outcomes.Add(writer => UnmountWatch.WriteFailure(writer, mountPoint, Failure.Sentence(failure)));
            }

            result = result == ExitCode.Success ? code : result;
        }

        if (json)
        {
            JsonOutput.Write(writer =>
            {
                writer.WriteStartArray("mounts");
                foreach (var outcome in outcomes)
                {
                    writer.WriteStartObject();
                    outcome(writer);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
        }

        return result;
    }

    /// <returns>Whether it is unmounted, and its changes were saved as requested.</returns>
    internal static bool Unmount(Session session, string mountPoint, UnmountOptions options)
    {
        using var watch = Watched(session, mountPoint, options, json: false);
        return watch.IsWhole;
    }

    /// <summary>Unmounts. With <paramref name="json"/>, what the user should know goes to standard error.</summary>
    private static UnmountWatch Watched(Session session, string mountPoint, UnmountOptions options, bool json)
    {
        var watch = new UnmountWatch(session, mountPoint, json ? Terminal.Error : Terminal.Out);
        try
        {
            session.Unmounter.Unmount(
                mountPoint,
                options,
                holders => Message.Error($"waiting for processes that use {mountPoint}: "
                    + string.Join(", ", holders.Select(holder => $"{holder.ProcessId} ({holder.Command})"))),
                watch);
        }
        catch
        {
            watch.Dispose();
            throw;
        }

        return watch;
    }

    /// <summary>
    /// How often to deactivate an environment that is active in this shell but no longer mounted; otherwise 0. It is mounted again if possible,
    /// because its scripts and variables are needed for the deactivation.
    /// </summary>
    private static int LeftActive(Session session, string name)
    {
        var mountPoint = session.Planner.UsualMountPoint(name);
        var levels = LiveMounts.Read(session.Layout).IsMountPoint(mountPoint) ? 0 : new ActivationStack(session).LevelsAbove(mountPoint);
        if (levels > 0)
        {
            try
            {
                session.Keeper.Ensure(session.Planner.Plan(name, directory: null), _ => { });
            }
            catch (Exception failure) when (
                failure is StoreException or TreeException or MountException or IOException or UnauthorizedAccessException)
            {
                // Its archive may have been deleted: it is deactivated as far as possible.
            }
        }

        return levels;
    }

    /// <summary>
    /// For the shell functions: prints how often to deactivate first. Checks what would be refused anyway, so that no shell is deactivated in vain.
    /// </summary>
    private static void PrintLevels(Session session, string mountPoint, UnmountOptions options)
    {
        var levels = new ActivationStack(session).LevelsAbove(mountPoint);
        if (levels > 0)
        {
            DeadMount.Recover(session, mountPoint);
        }

        LiveMounts.ControlAt(session.Layout, mountPoint)?.TryEndReadAhead();
        var holders = MountHolder.Find(mountPoint);
        if (holders.Count > 0 && !options.Lazy && options.Wait == TimeSpan.Zero)
        {
            throw new MountBusyException(mountPoint, holders);
        }

        Terminal.WriteExactly($"{levels}");
    }
}

/// <summary>Tells the user about an unmount.</summary>
internal sealed class UnmountWatch(Session session, string mountPoint, LineOutput output) : IUnmountWatcher, IDisposable
{
    private LiveMount? _live;
    private CommitProgressLine? _line;
    private UnmountReply? _reply;
    private IReadOnlyList<(int Id, string Command)>? _shells;

    /// <summary>Whether it is unmounted, and its changes are where they should be.</summary>
    public bool IsWhole { get; private set; }

    public void Found(LiveMount live)
    {
        _live = live;
        _line = !live.IsDead && live.Control is { } control ? new CommitProgressLine(session, control) : null;
    }

    public void Asked() => _shells = FindShells();

    public void Waiting()
    {
        _shells = null; // others may use it by now
        _line?.Show();
    }

    public void Replied(UnmountReply reply)
    {
        _line?.Dispose();
        _reply = reply;
        IsWhole = new UnmountMessages(mountPoint, _live, output, Screen.Of(session)).Write(reply);
        TellWhereActive(reply);
        if (reply.WasDead && _live is not null)
        {
            output.WriteLine($"  {DeadMount.Describe(session, _live)}");
        }
    }

    /// <summary>Writes the outcome for scripts.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("mountPoint", mountPoint);
        json.WriteString("archive", _live?.Archive);
        json.WriteString("outcome", _reply?.OutcomeWord);
        json.WriteString("failure", _reply?.Failure);
        json.WriteNumber("keptChanges", _reply?.KeptChanges ?? 0);
        json.WriteNumber("keptBytes", _reply?.KeptBytes ?? 0);
        _reply?.Report?.Write(json);
    }

    /// <summary>Writes for scripts that it failed.</summary>
    public static void WriteFailure(Utf8JsonWriter json, string mountPoint, string failure)
    {
        json.WriteString("mountPoint", mountPoint);
        json.WriteString("failure", failure);
    }

    public void Dispose() => _line?.Dispose();

    /// <summary>Shells that only wait keep no mount busy, and show in their prompt what is gone.</summary>
    private void TellWhereActive(UnmountReply reply)
    {
        if (reply.Outcome is not (UnmountOutcome.Ended or UnmountOutcome.Detached or UnmountOutcome.StillShown))
        {
            return;
        }

        var shells = _shells ?? FindShells();
        if (shells.Count > 0)
        {
            var parent = ProcessIdentity.ParentOfThis();
            var names = string.Join(", ", shells.Select(shell => shell.Id == parent ? "this shell" : $"{shell.Command} ({shell.Id})"));
            var there = shells.All(shell => shell.Id == parent) ? "run" : "there, run";
            output.WriteLine($"  still active in {names}; {there}: conda-fuse-unmount {ShellArgument.Of(Path.GetFileName(mountPoint))}");
        }
    }

    private IReadOnlyList<(int Id, string Command)> FindShells() => new ActiveShells(session.Layout.Runtime).Using(mountPoint);
}
