using System.CommandLine;
using System.CommandLine.Help;
using CondaFuse.Helper.Commands;

namespace CondaFuse.Helper;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            var (own, rest) = PassThrough.Split(arguments);
            var parsed = Root(Session.FromProcess(), rest).Parse(own, new ParserConfiguration { ResponseFileTokenReplacer = null });
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

    private static RootCommand Root(Session session, IReadOnlyList<string> rest)
    {
        var root = new RootCommand("Keeps conda environments as one compressed file each, and mounts them.")
        {
            InitCommand.Create(),
            CreateCommand.Create(session, rest),
            MountCommand.Create(session),
            UnmountCommand.Create(session),
            RunCommand.Create(session, rest),
            ListCommand.Create(session),
            PathsCommand.Create(session),
            PackCommand.Create(session),
            ExtractCommand.Create(session),
            InfoCommand.Create(session),
            DoctorCommand.Create(session),
            CompletionsCommand.Create(),
            ServeCommand.Create(session),
            PrivateRun.CreateInside(session),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        return root;
    }
}
