using System.CommandLine;
using System.CommandLine.Help;
using CondaFuse.Helper.Commands;
using CondaFuse.Store;
using CondaFuse.Store.FirstUse;

namespace CondaFuse.Helper;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            if (arguments is [ServerLauncher.Command, ..])
            {
                return ServeCommand.Run(Session.FromProcess(), arguments[1..]);
            }

            if (arguments is [ReadAheadProcess.Command, ..])
            {
                return ReadAheadCommand.Run(Session.FromProcess(), arguments[1..]);
            }

            if (arguments is [CompactionLauncher.Command, ..])
            {
                return CompactAloneCommand.Run(Session.FromProcess(), arguments[1..]);
            }

            var (own, rest) = PassThrough.Split(arguments);
            var parsed = Root(Session.FromProcess(), own, rest).Parse(own, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count == 0 || parsed.Action is HelpWithExitCodes)
            {
                return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            }

            foreach (var error in parsed.Errors)
            {
                Console.Error.WriteLine($"condafuse: {error.Message}");
            }

            Console.Error.WriteLine($"  'condafuse {string.Join(' ', own.TakeWhile(word => !word.StartsWith('-')).Take(1))} --help' tells how it is used.");
            return (int)ExitCode.Usage;
        }
        catch (Exception failure)
        {
            // Everything that goes wrong ends here, as one sentence and an exit code.
            return (int)Failure.Report(failure);
        }
    }

    /// <summary>The command that was asked for, or all of them: to build those that are not wanted would cost more than most of them do.</summary>
    internal static RootCommand Root(Session session, IReadOnlyList<string> own, IReadOnlyList<string> rest)
    {
        (string Name, Func<Command> Create)[] commands =
        [
            ("init", InitCommand.Create),
            ("create", () => CreateCommand.Create(session, rest)),
            ("mount", () => MountCommand.Create(session)),
            ("unmount", () => UnmountCommand.Create(session)),
            ("diff", () => DiffCommand.Create(session)),
            ("discard", () => DiscardCommand.Create(session)),
            ("commit", () => CommitCommand.Create(session)),
            ("log", () => LogCommand.Create(session)),
            ("rollback", () => RollbackCommand.Create(session)),
            ("rebase", () => RebaseCommand.Create(session)),
            ("compact", () => CompactCommand.Create(session)),
            ("convert", () => ConvertCommand.Create(session)),
            ("run", () => RunCommand.Create(session, rest)),
            ("list", () => ListCommand.Create(session)),
            ("paths", () => PathsCommand.Create(session)),
            ("pack", () => PackCommand.Create(session)),
            ("extract", () => ExtractCommand.Create(session)),
            ("info", () => InfoCommand.Create(session)),
            ("verify", () => VerifyCommand.Create(session)),
            ("doctor", () => DoctorCommand.Create(session)),
            ("completions", CompletionsCommand.Create),
            (PrivateRun.InsideCommand, () => PrivateRun.CreateInside(session)),
        ];
        var root = new RootCommand("Keeps conda environments as one compressed file each, and mounts them.");
        var asked = commands.Where(command => own.Count > 0 && command.Name == own[0]).ToList();
        foreach (var (_, create) in asked.Count > 0 ? asked : [.. commands])
        {
            root.Add(create());
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        return root;
    }
}
