using System.CommandLine;
using System.Globalization;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// <c>run</c> where an ordinary user has no fusermount: this program again in a user and mount namespace, where it may
/// mount; the command below it in a user namespace in which the user has the own id back. The mount is nobody else's,
/// and ends with the command.
/// </summary>
internal static class PrivateRun
{
    /// <summary>Name of the hidden command that is this program's part inside the namespace.</summary>
    public const string InsideCommand = "run-in-namespace";

    public static int Start(Session session, string subject, bool readOnly, IReadOnlyList<string> words)
    {
        var outer = session.Layout.Runtime.Chosen;
        using var folder = outer.MakeUnique(RuntimeFolder.PrivateRunPrefix);
        using var holding = FileLock.HoldAgainstAgeing(folder);
        string[] arguments =
        [
            Session.Program, InsideCommand, folder.Path, Identity.UserId.ToString(CultureInfo.InvariantCulture),
            Identity.GroupId.ToString(CultureInfo.InvariantCulture), readOnly.ToString(), subject, "--", .. words,
        ];
        try
        {
            return ForegroundChild.Await(
                NamespaceProcess.Start(Session.Program, arguments, session.EnvironmentBlock, userId: 0, groupId: 0, ownMounts: true));
        }
        catch (PlatformException failure)
        {
            throw new StoreException(
                StoreFault.Unsupported,
                $"fusermount3 was not found, and this machine does not allow user namespaces ({failure.Message})",
                failure) { Hint = "install the package 'fuse3'" };
        }
        finally
        {
            outer.RemoveFolder(System.IO.Path.GetFileName(folder.Path));
        }
    }

    /// <summary>That command.</summary>
    public static Command CreateInside(Session session)
    {
        var runtime = new Argument<string>("runtime");
        var userId = new Argument<uint>("user");
        var groupId = new Argument<uint>("group");
        var readOnly = new Argument<bool>("read-only");
        var subject = new Argument<string>("name");
        var words = new Argument<string[]>("command") { Arity = ArgumentArity.OneOrMore };
        var command = new Command(InsideCommand, "The inner part of run without fusermount") { runtime, userId, groupId, readOnly, subject, words };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            // However this process ends, the server, which nobody else can reach, sees it.
            var (lifeline, held) = Pipes.Create();
            using var holding = held;
            var own = session.WithRuntime(parsed.GetRequiredValue(runtime), lifeline);
            var (plan, _) = MountCommand.Mount(own, parsed.GetRequiredValue(subject), directory: null, parsed.GetRequiredValue(readOnly));
            var inside = new CommandInEnvironment(session, plan.Prefix, parsed.GetRequiredValue(words));
            var code = inside.IsPossible()
                ? ForegroundChild.Await(NamespaceProcess.Start(
                    inside.Shell, inside.ShellArguments, inside.Environment, parsed.GetRequiredValue(userId), parsed.GetRequiredValue(groupId),
                    ownMounts: false))
                : (int)ExitCode.CannotRun;
            Directory.SetCurrentDirectory("/");
            var unmount = new UnmountOptions(TimeSpan.Zero, Lazy: false, KeepMountPoint: true) { Threads = Environment.ProcessorCount };
            return Unmounted(own, plan.MountPoint, unmount) ? code : (int)ExitCode.Failed;
        });
        return command;
    }

    /// <summary>Unmounts at the command's end; what the command left running keeps the mount until it ends too.</summary>
    /// <returns>Whether what was changed is where it should be.</returns>
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

        if (reply.Failure is { } failure)
        {
            Message.Error($"could not commit the changes: {failure}");
        }

        return reply.Failure is null;
    }
}
