using System.CommandLine;
using System.Globalization;
using CondaFuse.Platform;
using CondaFuse.Store;

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
            return ForegroundChild.Await(NamespaceProcess.Start(Session.Program, arguments, session.EnvironmentBlock, userId: 0, groupId: 0, ownMounts: true));
        }
        catch (PlatformException failure)
        {
            throw new StoreException(
                StoreFault.Unsupported,
                $"there is no fusermount3, and this machine allows no user namespaces either ({failure.Message}); install the package 'fuse3'", failure);
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
            var own = session.WithRuntime(parsed.GetRequiredValue(runtime));
            var (plan, _) = MountCommand.Mount(own, parsed.GetRequiredValue(subject), directory: null, parsed.GetRequiredValue(readOnly));
            var inside = new CommandInEnvironment(session, plan.Prefix, parsed.GetRequiredValue(words));
            var code = inside.IsPossible()
                ? ForegroundChild.Await(NamespaceProcess.Start(
                    inside.Program, inside.Arguments, inside.Environment, parsed.GetRequiredValue(userId), parsed.GetRequiredValue(groupId), ownMounts: false))
                : (int)ExitCode.CannotRun;
            new Unmounter(own.Layout, own.Mounter, own.Clock).Unmount(
                plan.MountPoint, new UnmountOptions(TimeSpan.Zero, Lazy: true, KeepMountPoint: true), _ => { });
            return code;
        });
        return command;
    }
}
