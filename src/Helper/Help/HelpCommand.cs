using System.CommandLine;
using CondaFuse.Helper.Output;
using CondaFuse.Store;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Help;

/// <summary><c>condafuse help [TOPIC]</c>, and <c>--help</c> with and without a command.</summary>
internal static class HelpCommand
{
    private const string ExitCodes = "exit-codes";
    private const string Variables = "variables";
    private const int Widest = 100;
    private static readonly string[] Flags = ["--help", "-h", "-?"];

    public static Command Create(Session session)
    {
        var topic = new Argument<string?>("topic")
        {
            Description = "A command, exit-codes or variables",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("help", "Explain a command, the exit codes or the environment variables")
        {
            topic, Commands.CommonOptions.JsonFailure(),
        };
        command.SetAction(parsed => (int)Print(session, parsed.GetValue(topic)));
        return command;
    }

    private static StoreException Unknown(string topic)
    {
        var known = CommandCatalog.Names.Append(ExitCodes).Append(Variables).ToList();
        var meant = known.Find(name => topic.Length > 0 && name.StartsWith(topic, StringComparison.Ordinal)) ?? NearestWord.Find(topic, known);
        return new StoreException(StoreFault.BadName, $"there is no help for '{topic}'")
        {
            Hint = meant is null ? "condafuse --help" : $"condafuse help {meant}",
        };
    }

    /// <summary>Whether the words before <c>--</c> request help.</summary>
    public static bool IsWanted(IEnumerable<string> words) => words.TakeWhile(word => word != "--").Any(Flags.Contains);

    /// <summary>Prints a page to standard output.</summary>
    /// <param name="session">For the commands.</param>
    /// <param name="topic">A command or topic; null for the overview.</param>
    public static ExitCode Print(Session session, string? topic)
    {
        var page = new HelpPage(session, Math.Min(Terminal.OutputWidth, Widest));
        var lines = topic switch
        {
            null => page.Overview(),
            ExitCodes => page.ExitCodes(),
            Variables => page.Variables(),
            _ when CommandCatalog.Find(topic) is { } entry => page.Of(entry),
            _ => throw Unknown(topic),
        };

        var screen = Screen.Of(session);
        foreach (var line in lines)
        {
            var isHeading = line.EndsWith(':') && line[0] != ' ';
            Terminal.Out.WriteEscaped(isHeading ? Cell.Paint(line, Shade.Bold, screen) : PrintableText.Of(line));
        }

        return ExitCode.Success;
    }
}
