using System.CommandLine;

namespace CondaFuse.Helper.Help;

/// <summary>The pages of the help, as lines. A line without indentation that does not start a sentence is a heading.</summary>
/// <param name="session">For the commands' parsers, which know the arguments and options.</param>
/// <param name="width">Characters per line.</param>
internal sealed class HelpPage(Session session, int width)
{
    public const string Purpose = "Keep each conda environment as one compressed file, and mount it to use it.";

    /// <summary>The output of <c>condafuse --help</c>.</summary>
    public IReadOnlyList<string> Overview()
    {
        List<string> lines = [.. TextLayout.Wrap(Purpose, width), string.Empty, "Usage: condafuse COMMAND [OPTION...] [ARGUMENT...]"];
        var names = CommandCatalog.Names.Max(name => name.Length);
        foreach (var group in CommandCatalog.Groups)
        {
            lines.AddRange([string.Empty, $"{group.Title}:"]);
            lines.AddRange(TextLayout.Describe([.. group.Commands.Select(entry => (entry.Name.PadRight(names), Summary(entry)))], width));
        }

        lines.AddRange([string.Empty, "Options:"]);
        lines.AddRange(
            TextLayout.Describe(
                [
                    ("-h, --help", "Show this help, or the help of a command"),
                    ("--color WHEN", "Colour the output: auto (default: on a terminal), always or never"),
                    ("--version", "Show the version"),
                ],
                width));
        lines.Add(string.Empty);
        lines.AddRange(TextLayout.Wrap("'condafuse help COMMAND' explains a command, 'condafuse help exit-codes' the exit codes, 'condafuse help "
            + "variables' the environment variables.", width));
        return lines;
    }

    /// <summary>The output of <c>condafuse COMMAND --help</c>.</summary>
    public IReadOnlyList<string> Of(CommandEntry entry)
    {
        var command = entry.Create(session, []);
        List<string> lines = [.. TextLayout.Wrap($"{command.Description}.", width), string.Empty, .. Usage(entry, command)];
        if (entry.Details.Length > 0)
        {
            lines.AddRange([string.Empty, .. TextLayout.Wrap(entry.Details, width)]);
        }

        var arguments = command.Arguments.Where(argument => argument is { Hidden: false, Description: not null }).ToList();
        if (arguments.Count > 0)
        {
            lines.AddRange([string.Empty, "Arguments:"]);
            lines.AddRange(TextLayout.Describe([.. arguments.Select(argument => (CommandUsage.Word(argument), argument.Description!))], width));
        }

        lines.AddRange([string.Empty, "Options:"]);
        lines.AddRange(TextLayout.Describe([.. Options(command)], width));
        lines.AddRange([string.Empty, "Examples:"]);
        foreach (var example in entry.Examples)
        {
            lines.AddRange([$"  # {example.Purpose}", $"  {example.Line}"]);
        }

        return lines;
    }

    /// <summary>The output of <c>condafuse help exit-codes</c>.</summary>
    public IReadOnlyList<string> ExitCodes() =>
    [
        "Exit codes:",
        .. TextLayout.Describe([.. HelpTopics.ExitCodes.Select(code => ($"{(int)code.Code,3}", code.Meaning))], width),
        string.Empty,
        .. TextLayout.Wrap(HelpTopics.ExitCodeOfRun, width),
    ];

    /// <summary>The output of <c>condafuse help variables</c>.</summary>
    public IReadOnlyList<string> Variables() =>
        ["Environment variables:", .. TextLayout.Describe([.. HelpTopics.Variables.Select(variable => (variable.Name, variable.Text))], width)];

    /// <summary>Options with their values, as the help lists them.</summary>
    public static IEnumerable<(string Term, string Text)> Options(Command command) => command.Options.Where(option => !option.Hidden)
        .Select(option => (CommandUsage.Word(option), $"{option.Description}{(option.Required ? " (required)" : string.Empty)}"))
        .Append(("-h, --help", "Show this help"));

    private string Summary(CommandEntry entry) => entry.Create(session, []).Description ?? string.Empty;

    /// <summary>The usage, continued below the command if it needs more than one line.</summary>
    private IEnumerable<string> Usage(CommandEntry entry, Command command)
    {
        var start = $"Usage: condafuse {entry.Name} ";
        var lines = TextLayout.Wrap(CommandUsage.Of(entry, command), width, start.Length);
        return lines.Select((line, number) => number == 0 ? start + line.TrimStart() : line);
    }
}

/// <summary>Arguments and options in the form of the help.</summary>
internal static class CommandUsage
{
    /// <summary>The part after the command's name: <c>[OPTION...] NAME [DIRECTORY]</c>.</summary>
    public static string Of(CommandEntry entry, Command command)
    {
        if (entry.Usage is { } given)
        {
            return given;
        }

        var required = command.Options.Where(option => option is { Required: true, Hidden: false }).Select(Word);
        string[] options = command.Options.Any(option => option is { Required: false, Hidden: false }) ? ["[OPTION...]"] : [];
        var arguments = command.Arguments.Where(argument => !argument.Hidden).Select(Optional);
        return string.Join(' ', [.. required, .. options, .. arguments]);
    }

    /// <summary><c>NAME</c>.</summary>
    public static string Word(Argument argument) => argument.HelpName ?? argument.Name.ToUpperInvariant();

    /// <summary><c>-m, --message TEXT</c>.</summary>
    public static string Word(Option option)
    {
        var names = option.Aliases.Append(option.Name).OrderBy(name => name.Length);
        var value = option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool)
            ? $" {(option.HelpName ?? "value").ToUpperInvariant()}"
            : string.Empty;
        return $"{string.Join(", ", names)}{value}";
    }

    private static string Optional(Argument argument)
    {
        var word = argument.Arity.MaximumNumberOfValues > 1 ? $"{Word(argument)}..." : Word(argument);
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{word}]" : word;
    }
}
