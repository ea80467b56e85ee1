using System.CommandLine;
using System.Globalization;
using System.Text;
using CondaFuse.Helper.Output;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// <c>run</c> for an ordinary user without fusermount. This program starts itself in a user and mount namespace, where it may mount. It runs the
/// command in another user namespace, in which the user has the original id. The mount is visible only to the command, and ends with it.
/// </summary>
internal static class PrivateRun
{
    /// <summary>Name of the hidden command that runs inside the namespace.</summary>
    public const string InsideCommand = "run-in-namespace";

    public static int Start(Session session, RunRequest request)
    {
        var outer = session.Layout.Runtime.Chosen;
        using var folder = outer.MakeUnique(RuntimeFolder.PrivateRunPrefix);
        using var holding = FileLock.HoldAgainstAgeing(folder);
        try
        {
            using var foreground = new ForegroundChild();
            var child = StartInside(session, folder, request, members: null);
            var code = foreground.Await(child);
            return Refusal.Read(folder, child.Id) is { } refusal ? throw Unsupported(session, refusal, inner: null) : code;
        }
        catch (PlatformException failure)
        {
            throw Unsupported(session, failure.Message, failure);
        }
        finally
        {
            outer.RemoveFolder(System.IO.Path.GetFileName(folder.Path));
        }
    }

    private static StoreException Unsupported(Session session, string reason, Exception? inner) => new(
        StoreFault.Unsupported, $"{session.Mounter.ReasonAgainst}, and this machine does not allow mounts in user namespaces ({reason})", inner)
    {
        Hint = session.Mounter.FusermountPath is null ? "install the package 'fuse3'" : "add an entry for the user to /etc/passwd",
    };

    /// <summary>Starts this program inside a namespace: a new one, or that of other tasks.</summary>
    /// <param name="session">The variables and paths.</param>
    /// <param name="folder">The runtime folder of the namespace.</param>
    /// <param name="request">What to run in it.</param>
    /// <param name="members">The tasks in a namespace to share; null for a new namespace.</param>
    /// <exception cref="PlatformException">Namespaces are not available.</exception>
    public static ChildProcess StartInside(
        Session session, PrivateFolder folder, RunRequest request, IReadOnlyList<ProcessIdentity>? members)
    {
        string[] arguments =
        [
            Session.Program, InsideCommand, folder.Path, Identity.UserId.ToString(CultureInfo.InvariantCulture),
            Identity.GroupId.ToString(CultureInfo.InvariantCulture), request.ReadOnly.ToString(), (members is not null).ToString(), request.Subject,
            .. request.AsJson ? ["--json"] : Array.Empty<string>(), "--", .. request.Words,
        ];
        var here = new FileInfo("/proc/self/cwd").LinkTarget ?? "/";
        foreach (var member in members ?? [])
        {
            if (NamespaceProcess.TryJoin(member.Id, () => member.IsAlive, Session.Program, arguments, session.EnvironmentBlock, here) is { } joined)
            {
                return joined;
            }
        }

        return NamespaceProcess.Start(Session.Program, arguments, session.EnvironmentBlock, userId: 0, groupId: 0, ownMounts: true);
    }

    /// <summary>The hidden command.</summary>
    public static Command CreateInside(Session session)
    {
        var runtime = new Argument<string>("runtime");
        var userId = new Argument<uint>("user");
        var groupId = new Argument<uint>("group");
        var readOnly = new Argument<bool>("read-only");
        var isShared = new Argument<bool>("shared");
        var subject = new Argument<string>("name");
        var words = new Argument<string[]>("command") { Arity = ArgumentArity.OneOrMore };
        var json = CommonOptions.JsonFailure();
        var command = new Command(InsideCommand, "The inner part of run in a namespace")
        {
            runtime, userId, groupId, readOnly, isShared, subject, words, json,
        };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            using var folder = PrivateFolder.OpenOrMake(parsed.GetRequiredValue(runtime));
            var shared = parsed.GetRequiredValue(isShared);

            // The server cannot be reached from outside. It notices the end of this process, or of all processes that share the mount, through this.
            var (held, lifeline) = shared ? folder.OpenFifo("tasks") : Turned(Pipes.Create());
            using var holding = held;
            var own = session.WithRuntime(folder.Path, lifeline);
            MountPlan plan;
            try
            {
                using var mutex = shared ? JobMembers.Lock(folder) : null;
                if (shared)
                {
                    new JobMembers(folder).Add(Identity.ProcessId);
                    JobRun.CoverMountOfOthers(own, parsed.GetRequiredValue(subject), parsed.GetRequiredValue(readOnly));
                }

                plan = MountCommand.Mount(own, parsed.GetRequiredValue(subject), directory: null, parsed.GetRequiredValue(readOnly)).Plan;
            }
            catch (Exception failure) when (failure is StoreException or MountException && !KernelMounts.MayMountHere())
            {
                Refusal.Write(folder, failure.Message);
                return (int)ExitCode.NotPossibleHere;
            }

            var inside = new CommandInEnvironment(session, plan.Prefix, parsed.GetRequiredValue(words));
            var code = inside.ReasonAgainst() is { } reason
                ? (int)Failure.Report(inside.Refused(reason), parsed.GetValue(json))
                : ForegroundChild.Run(() => NamespaceProcess.Start(
                    inside.Shell, inside.ShellArguments, inside.Environment, parsed.GetRequiredValue(userId), parsed.GetRequiredValue(groupId),
                    ownMounts: false));
            Directory.SetCurrentDirectory("/");
            using var leaving = shared ? JobMembers.Lock(folder) : null;
            if (shared && new JobMembers(folder).HasOthersThan(Identity.ProcessId))
            {
                return code;
            }

            var unmount = new UnmountOptions(TimeSpan.Zero, Lazy: false, KeepMountPoint: true) { Threads = Environment.ProcessorCount };
            return Unmounted(own, plan.MountPoint, unmount) ? code : (int)ExitCode.Failed;
        });
        return command;
    }

    private static (SafeFileHandle Writer, SafeFileHandle Reader) Turned((SafeFileHandle Reader, SafeFileHandle Writer) pipe) =>
        (pipe.Writer, pipe.Reader);

    /// <summary>Unmounts at the end of the command; processes that the command left running keep the mount until they end too.</summary>
    /// <returns>Whether the changes were saved as requested.</returns>
    private static bool Unmounted(Session own, string mountPoint, UnmountOptions options)
    {
        UnmountReply reply;
        try
        {
            reply = own.Unmounter.Unmount(mountPoint, options, _ => { });
        }
        catch (MountBusyException)
        {
            reply = own.Unmounter.Unmount(mountPoint, options with { Lazy = true }, _ => { });
        }
        catch (StoreException gone) when (gone.Fault == StoreFault.NotFound)
        {
            return true; // another task that ended at the same time has unmounted it
        }

        if (reply.Failure is { } failure)
        {
            Message.Error($"could not commit the changes: {failure}");
        }

        return reply.Failure is null;
    }
}

/// <summary>
/// The reason why a namespace allows no mounts (AppArmor restricts them on some machines). The process inside writes it before running its command,
/// for the process that started it.
/// </summary>
internal static class Refusal
{
    private const int MaxBytes = 4096;

    public static void Write(PrivateFolder folder, string reason) => folder.Write(Name(Identity.ProcessId), Encoding.UTF8.GetBytes(reason));

    /// <summary>The reason that an ended process wrote; null if there is none.</summary>
    public static string? Read(PrivateFolder folder, int process) =>
        folder.TryRead(Name(process), MaxBytes) is { } reason ? Encoding.UTF8.GetString(reason) : null;

    private static string Name(int process) => string.Create(CultureInfo.InvariantCulture, $"refused-{process}");
}
