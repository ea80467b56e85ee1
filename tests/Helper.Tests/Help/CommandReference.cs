using CondaFuse.Helper.Help;

namespace CondaFuse.Helper.Tests.Help;

/// <summary>The reference pages of the documents, as lines of Markdown, from the same source as the help.</summary>
internal static class CommandReference
{
    private const int Width = 120;
    private const string Origin = "<!-- Written by tests/Helper.Tests from src/Helper/Help. Change it there. -->";

    /// <summary>docs/reference/commands.md.</summary>
    public static IEnumerable<string> Commands()
    {
        List<string> lines =
        [
            Origin, "# Commands", string.Empty,
            "`condafuse COMMAND --help` prints the same, and `man condafuse-COMMAND` shows it as a man page.",
        ];
        foreach (var group in CommandCatalog.Groups)
        {
            lines.AddRange([string.Empty, $"## {group.Title}"]);
            lines.AddRange(group.Commands.SelectMany(Of));
        }

        return lines;
    }

    /// <summary>docs/reference/variables.md.</summary>
    public static IEnumerable<string> Variables() =>
    [
        Origin, "# Environment variables", string.Empty, "`condafuse help variables` prints the same.", string.Empty,
        "| variable | meaning |", "|---|---|",
        .. HelpTopics.Variables.Select(variable => Row(variable.Name, variable.Text)),
    ];

    private static IEnumerable<string> Of(CommandEntry entry)
    {
        var command = entry.Create(AllCommands.Session, []);
        var rows = command.Arguments.Where(argument => argument is { Hidden: false, Description: not null })
            .Select(argument => (CommandUsage.Word(argument), argument.Description!))
            .Concat(HelpPage.Options(command));
        var text = string.Join("\n\n", new[] { entry.Details, entry.Notes }.Where(part => part.Length > 0));
        return
        [
            string.Empty, $"### {entry.Name}", string.Empty, $"{command.Description}.", string.Empty,
            "```text", $"condafuse {entry.Name} {CommandUsage.Of(entry, command)}", "```",
            .. text.Length > 0 ? TextLayout.Wrap(Escape(text), Width).Prepend(string.Empty) : [],
            string.Empty, "| argument or option | |", "|---|---|", .. rows.Select(row => Row(row.Item1, row.Item2)),
            string.Empty, "```sh", .. entry.Examples.SelectMany(example => new[] { $"# {example.Purpose}", example.Line }), "```",
        ];
    }

    private static string Row(string term, string text) => $"| `{term.Replace("|", @"\|", StringComparison.Ordinal)}` | {Escape(text)} |";

    private static string Escape(string text) =>
        text.Replace("|", @"\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("*", @"\*", StringComparison.Ordinal);
}
