using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse run NAME -- COMMAND…</c>: becomes the command, in the environment.</summary>
internal static class RunCommand
{
    public static Command Create(Session session, IReadOnlyList<string> rest)
    {
        var subject = CommonOptions.Subject();
        var readOnly = new Option<bool>("--read-only") { Description = "Refuse all changes in the environment" };
        var command = new Command(
            "run", "Run a command in an environment") { subject, readOnly };
        command.SetAction(parsed =>
        {
            IReadOnlyList<string> words = rest.Count > 0 && rest[0] == "--" ? [.. rest.Skip(1)] : rest;
            if (words.Count == 0)
            {
                Message.Error("run needs a command", "condafuse run NAME -- COMMAND [ARGUMENT...]");
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
