using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse run NAME -- COMMAND…</c>: becomes the command, in the environment.</summary>
internal static class RunCommand
{
    public static Command Create(Session session, IReadOnlyList<string> rest)
    {
        var subject = new Argument<string>("name") { Description = "An environment's name, or the path of an image" };
        var readOnly = new Option<bool>("--read-only") { Description = "Let nothing be changed in the environment" };
        var command = new Command(
            "run",
            "Run a command in an environment: condafuse run NAME -- COMMAND [ARGUMENTS…]; mounts it if need be, and leaves "
            + "it mounted") { subject, readOnly };
        command.SetAction(parsed =>
        {
            IReadOnlyList<string> words = rest.Count > 0 && rest[0] == "--" ? [.. rest.Skip(1)] : rest;
            if (words.Count == 0)
            {
                Terminal.Error.WriteLine("condafuse: run needs a command: condafuse run NAME -- COMMAND [ARGUMENTS…]");
                return (int)ExitCode.Usage;
            }

            var name = parsed.GetRequiredValue(subject);
            if (!Identity.IsRoot && session.Mounter.FusermountPath is null)
            {
                return PrivateRun.Start(session, name, parsed.GetValue(readOnly), words);
            }

            var (plan, _) = MountCommand.Mount(session, name, directory: null, parsed.GetValue(readOnly));
            var inside = new CommandInEnvironment(session, plan.Prefix, words);
            if (!inside.IsPossible())
            {
                return (int)ExitCode.CannotRun;
            }

            inside.Become();
            return (int)ExitCode.Failed;
        });
        return command;
    }
}
