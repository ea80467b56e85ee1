using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary><c>condafuse run NAME -- COMMAND…</c>: executes the command in the environment, replacing this process.</summary>
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

            if (JobRun.Applies(session))
            {
                try
                {
                    return JobRun.Start(session, name, parsed.GetValue(readOnly), words);
                }
                catch (StoreException failure) when (failure.Fault == StoreFault.Unsupported)
                {
                    Message.Error(
                        $"warning: '{name}' is mounted for all of your jobs on this node, and goes with the step that mounts it: {failure.Message}");
                }
            }

            var (plan, _) = MountCommand.Mount(session, name, directory: null, parsed.GetValue(readOnly));
            var inside = new CommandInEnvironment(session, plan.Prefix, words);
            if (!inside.IsPossible())
            {
                return (int)ExitCode.CannotRun;
            }

            if (IdleTime.Read(session) is not null)
            {
                // Until the command opens a file of the environment, the kernel does not know it as a user.
                new ActiveShells(session.Layout.Runtime).Note(Identity.ProcessId, [plan.Prefix]);
            }

            inside.Become();
            return (int)ExitCode.Failed;
        });
        return command;
    }
}
