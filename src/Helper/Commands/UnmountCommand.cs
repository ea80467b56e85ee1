using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Mounts;
using CondaFuse.Store;
using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse unmount NAME|DIRECTORY</c>.</summary>
internal static class UnmountCommand
{
    public static Command Create(Session session)
    {
        var subject = new Argument<string>("name") { Description = "An environment's name, or the directory where an image is mounted" };
        var wait = new Option<double>("--wait") { Description = "Wait so many SECONDS for whoever uses it", HelpName = "seconds" }
            .Taking("a number of seconds, 0 or more", number => number is >= 0 and <= int.MaxValue);
        var lazy = new Option<bool>("--lazy") { Description = "Detach it now, even while it is used; it ends when the last user leaves it" };
        var noCommit = new Option<bool>("--no-commit") { Description = "Leave what was changed beside the archive" };
        var printLevels = new Option<bool>("--print-levels")
        {
            Description = "Unmount nothing; print how often this shell must deactivate first",
            Hidden = true,
        };
        var command = new Command(
            "unmount", "Unmount an environment, and wait until its server has ended") { subject, wait, lazy, noCommit, printLevels };
        command.SetAction(parsed =>
        {
            var mountPoint = session.Planner.MountPointOf(parsed.GetRequiredValue(subject));

            // Where this program was started may be inside the mount; that must not be what keeps it busy.
            Directory.SetCurrentDirectory("/");
            var options = new UnmountOptions(TimeSpan.FromSeconds(parsed.GetValue(wait)), parsed.GetValue(lazy))
            {
                KeepsChanges = parsed.GetValue(noCommit), Threads = Environment.ProcessorCount,
            };
            if (parsed.GetValue(printLevels))
            {
                PrintLevels(session, mountPoint, options);
                return (int)ExitCode.Success;
            }

            return (int)(Unmount(session, mountPoint, options) ? ExitCode.Success : ExitCode.Failed);
        });
        return command;
    }

    /// <returns>Whether it is unmounted, and what was changed is where it should be.</returns>
    internal static bool Unmount(Session session, string mountPoint, UnmountOptions options)
    {
        var live = LiveMounts.Read(session.Layout).AtOrElsewhere(mountPoint);
        var dead = live is { IsDead: true } ? live : null;
        var control = dead is null ? live?.Control : null;
        var status = control?.TryGetStatus();
        UnmountReply reply;
        using (control is not null && status is { PendingChanges: > 0 } ? new CommitProgressLine(session, control) : null)
        {
            reply = session.Unmounter.Unmount(mountPoint, options, holders =>
            {
                Terminal.Error.WriteLine($"condafuse: waiting for {holders.Count} process(es) to leave {mountPoint}: "
                    + string.Join(", ", holders.Select(holder => $"{holder.ProcessId} ({holder.Command})")));
            });
        }

        var isWhole = new UnmountMessages(mountPoint, live, status).Write(reply);
        if (dead is not null)
        {
            Terminal.Out.WriteLine($"  {DeadMount.Describe(session, dead)}");
        }

        return isWhole;
    }

    /// <summary>
    /// For the shell functions: how often to deactivate first. Refuses what would be refused anyway, before a shell is deactivated for nothing.
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
