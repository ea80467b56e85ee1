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
        "init", "create", "mount", "unmount", "diff", "discard", "commit", "log", "rollback", "rebase", "compact", "convert", "run", "list", "paths",
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

            if (arguments is [ActivateCommand.Activate or ActivateCommand.Deactivate, ..])
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

            var (own, rest) = PassThrough.Split(arguments);
            var session = Session.FromProcess();
            if (own is [var word, ..] && !word.StartsWith('-') && !Names.Contains(word) && !Help.Contains(word))
            {
                var meant = CommandSuggestion.Find(word, Names.Where(name => name != PrivateRun.InsideCommand));
                Terminal.Error.WriteLine(
                    "condafuse: there is no command "
                    + $"'{word}'{(meant is null ? "; 'condafuse --help' lists them" : $": did you mean '{meant}'?")}");
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

/// <summary>The command that somebody may have meant.</summary>
internal static class CommandSuggestion
{
    private const int MaxDistance = 2;

    /// <summary>The known word nearest to another one; null if none is near.</summary>
    public static string? Find(string word, IEnumerable<string> known) => known
        .Select(candidate => (Candidate: candidate, Distance: Distance(word, candidate)))
        .Where(pair => pair.Distance <= Math.Min(MaxDistance, pair.Candidate.Length / 2))
        .OrderBy(pair => pair.Distance)
        .Select(pair => pair.Candidate)
        .FirstOrDefault();

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    private static int Distance(string left, string right)
    {
        var distances = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distances[i, j] = i + j;
                    continue;
                }

                var replaced = distances[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                distances[i, j] = Math.Min(replaced, Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
                }
            }
        }

        return distances[left.Length, right.Length];
    }
}
