using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CondaFuse.Helper.Commands;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.FirstUse;

namespace CondaFuse.Helper;

internal static class Program
{
    /// <summary>Every command, in the order of the help.</summary>
    private static readonly string[] Names =
    [
        "init", "create", "export", "mount", "unmount", "diff", "discard", "commit", "log", "rollback", "rebase", "compact", "convert", "run",
            "list", "status", "paths",
        "pack",
        "extract", "info", "verify", "doctor", "completions", PrivateRun.InsideCommand,
    ];

    /// <summary>What asks for help, or for the version.</summary>
    private static readonly string[] Help = ["--help", "-h", "-?", "/h", "/?", "--version"];

    private static int Main(string[] arguments)
    {
        InheritedStreams.EnsureOpen();
        try
        {
            if (EmbeddedText.TryPrint(arguments))
            {
                return (int)ExitCode.Success;
            }

            if (arguments.Any(word => word.Contains('\uFFFD', StringComparison.Ordinal)))
            {
                arguments = ProcessStrings.Arguments() ?? arguments; // what is not UTF-8 is handed on as it is
            }

            if (arguments is [ServerLauncher.Command, ..])
            {
                return ServeCommand.Run(Session.FromProcess(), arguments[1..]);
            }

            if (arguments is [ActivateCommand.Activate or ActivateCommand.Deactivate or ActivateCommand.Active, ..])
            {
                return ActivateCommand.Run(Session.FromProcess(), arguments);
            }

            if (arguments is [ReadAheadProcess.Command, ..])
            {
                return ReadAheadCommand.Run(Session.FromProcess(), arguments[1..]);
            }

            if (arguments is [CompactionLauncher.Command, ..])
            {
                return CompactAloneCommand.Run(Session.FromProcess(), arguments[1..]);
            }

            if (arguments is [MountProbe.Command, ..])
            {
                return MountProbe.Run(arguments[1..]);
            }

            var (own, rest) = PassThrough.Split(CommandAliases.Resolve(arguments));
            var session = Session.FromProcess();
            if (own is [var word, ..] && !word.StartsWith('-') && !Names.Contains(word) && !Help.Contains(word))
            {
                var meant = NearestWord.Find(word, Names.Where(name => name != PrivateRun.InsideCommand));
                Terminal.Error.WriteLine(
                    $"condafuse: there is no command '{word}'{(meant is null ? "; 'condafuse --help' lists them" : $": did you mean '{meant}'?")}");
                if (CommandAliases.MeansRemoval(word))
                {
                    Terminal.Error.WriteLine(CommandAliases.HowToRemove(session, own.Skip(1).FirstOrDefault(name => !name.StartsWith('-'))));
                }

                return (int)ExitCode.Usage;
            }

            var root = own.Any(Help.Contains) ? Root(session, own, rest) : Single(session, own, rest) ?? Root(session, own, rest);
            var parsed = root.Parse(own, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count == 0 || parsed.Action is HelpWithExitCodes)
            {
                return parsed.Invoke(
                    new InvocationConfiguration
                    {
                        EnableDefaultExceptionHandler = false,
                        Output = Terminal.Out.AsWriter(),
                        Error = Terminal.Error.AsWriter(),
                    });
            }

            foreach (var error in parsed.Errors)
            {
                Terminal.Error.WriteLine($"condafuse: {error.Message}");
            }

            Terminal.Error.WriteLine(
                $"  'condafuse {string.Join(' ', own.TakeWhile(word => !word.StartsWith('-')).Take(1))} --help' tells how it is "
                + "used.");
            return (int)ExitCode.Usage;
        }
        catch (Exception failure)
        {
            // Everything that goes wrong ends here, as one sentence and an exit code.
            return (int)Failure.Report(failure);
        }
    }

    /// <summary>The command tree with help: of the command that was asked for, or of all of them.</summary>
    internal static RootCommand Root(Session session, IReadOnlyList<string> own, IReadOnlyList<string> rest)
    {
        var root = new RootCommand("Keeps conda environments as one compressed file each, and mounts them.");
        var asked = own.Count > 0 ? Create(own[0], session, rest) : null;
        foreach (var command in asked is null ? Names.Select(name => Create(name, session, rest)!) : [asked])
        {
            root.Add(command);
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        return root;
    }

    /// <summary>
    /// The command that was asked for and nothing else, null if there is none of that name: the library's own root command looks its texts up by
    /// reflection when it is made, which takes longer than most commands do.
    /// </summary>
    private static Command? Single(Session session, IReadOnlyList<string> own, IReadOnlyList<string> rest) =>
        own.Count > 0 && Create(own[0], session, rest) is { } command ? new Command("condafuse") { command } : null;

    private static Command? Create(string name, Session session, IReadOnlyList<string> rest) => name switch
    {
        "init" => InitCommand.Create(),
        "create" => CreateCommand.Create(session, rest),
        "export" => ExportCommand.Create(session),
        "mount" => MountCommand.Create(session),
        "unmount" => UnmountCommand.Create(session),
        "diff" => DiffCommand.Create(session),
        "discard" => DiscardCommand.Create(session),
        "commit" => CommitCommand.Create(session),
        "log" => LogCommand.Create(session),
        "rollback" => RollbackCommand.Create(session),
        "rebase" => RebaseCommand.Create(session),
        "compact" => CompactCommand.Create(session),
        "convert" => ConvertCommand.Create(session),
        "run" => RunCommand.Create(session, rest),
        "list" => ListCommand.Create(session),
        "status" => StatusCommand.Create(session),
        "paths" => PathsCommand.Create(session),
        "pack" => PackCommand.Create(session),
        "extract" => ExtractCommand.Create(session),
        "info" => InfoCommand.Create(session),
        "verify" => VerifyCommand.Create(session),
        "doctor" => DoctorCommand.Create(session),
        "completions" => CompletionsCommand.Create(),
        PrivateRun.InsideCommand => PrivateRun.CreateInside(session),
        _ => null,
    };
}

/// <summary>The usual help, and below it how the program ends.</summary>
internal sealed class HelpWithExitCodes(HelpAction usual) : SynchronousCommandLineAction
{
    private const string ExitCodes = """
        Exit codes:
          0 done                     5 in use (who, is said)
          1 failed                   6 not possible on this machine
          2 wrong usage or name      7 the image is damaged or of an unknown kind
          3 no such environment      8 conda failed or is missing
          4 exists already         130 interrupted

        """;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output.WriteLine(ExitCodes);
        return code;
    }
}
