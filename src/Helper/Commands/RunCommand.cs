using System.CommandLine;
using CondaFuse.Helper.Commands.Registries;
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
        var (remote, json) = (new RemoteOptions(), CommonOptions.JsonFailure());
        var command = new Command("run", "Run a command in an environment") { subject, readOnly };
        remote.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            IReadOnlyList<string> words = rest.Count > 0 && rest[0] == "--" ? [.. rest.Skip(1)] : rest;
            if (words.Count == 0)
            {
                throw new StoreException(StoreFault.BadName, "run needs a command") { Hint = "condafuse run NAME -- COMMAND [ARGUMENT...]" };
            }

            var name = remote.Resolve(session, parsed, parsed.GetRequiredValue(subject));
            var request = new RunRequest(name, parsed.GetValue(readOnly), parsed.GetValue(json), words);
            if (!session.Mounter.CanMount)
            {
                return PrivateRun.Start(session, request);
            }

            if (JobRun.Applies(session))
            {
                try
                {
                    return JobRun.Start(session, request);
                }
                catch (StoreException failure) when (failure.Fault == StoreFault.Unsupported)
                {
                    Message.Error(
                        $"warning: '{name}' is mounted for all of your jobs on this node, and goes with the step that mounts it: {failure.Message}");
                }
            }

            var (plan, _) = MountCommand.Mount(session, name, directory: null, parsed.GetValue(readOnly));
            var inside = new CommandInEnvironment(session, plan.Prefix, words);
            inside.RefuseIfImpossible();
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

/// <summary>What to run in a namespace.</summary>
/// <param name="Subject">The environment or image.</param>
/// <param name="ReadOnly">Whether to refuse changes.</param>
/// <param name="AsJson">Whether to print a failure as JSON.</param>
/// <param name="Words">The command and its arguments.</param>
internal sealed record RunRequest(string Subject, bool ReadOnly, bool AsJson, IReadOnlyList<string> Words);
