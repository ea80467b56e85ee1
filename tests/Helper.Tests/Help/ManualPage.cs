using System.Text.RegularExpressions;
using CondaFuse.Helper.Help;

namespace CondaFuse.Helper.Tests.Help;

/// <summary>The man pages, as lines of roff (man(7)), from the same source as the help.</summary>
internal static partial class ManualPage
{
    /// <summary>Leaves room for escapes on lines of 80 bytes.</summary>
    private const int Width = 72;

    /// <summary>Line before the part of condafuse.1 that is generated.</summary>
    public const string Begin = @".\"" BEGIN COMMANDS: written by tests/Helper.Tests from src/Helper/Help";

    /// <summary>Line behind it.</summary>
    public const string End = @".\"" END COMMANDS";

    /// <summary>condafuse-COMMAND.1.</summary>
    /// <param name="entry">The command.</param>
    /// <param name="title">The line .TH of condafuse.1, whose date and version all pages have.</param>
    public static IEnumerable<string> Of(CommandEntry entry, string title)
    {
        var command = entry.Create(AllCommands.Session, []);
        var summary = command.Description!;
        List<string> lines =
        [
            @".\"" Written by tests/Helper.Tests from src/Helper/Help. Change it there.",
            title.Replace("CONDAFUSE", $@"CONDAFUSE\-{entry.Name.ToUpperInvariant()}", StringComparison.Ordinal),
            ".SH NAME",
            Escape($"condafuse-{entry.Name}") + @" \- " + Escape(char.ToLowerInvariant(summary[0]) + summary[1..]),
            ".SH SYNOPSIS",
            $".B condafuse {Escape(entry.Name)}",
            Emphasize(CommandUsage.Of(entry, command)),
            ".SH DESCRIPTION",
            .. Paragraphs(string.Join("\n\n", new[] { $"{summary}.", entry.Details, entry.Notes }.Where(text => text.Length > 0))),
        ];
        var arguments = command.Arguments.Where(argument => argument is { Hidden: false, Description: not null });
        lines.AddRange(Section("ARGUMENTS", arguments.Select(argument => (CommandUsage.Word(argument), argument.Description!))));
        lines.AddRange(Section("OPTIONS", HelpPage.Options(command)));
        lines.Add(".SH EXAMPLES");
        foreach (var example in entry.Examples)
        {
            lines.AddRange(example == entry.Examples[0] ? [] : [".PP"]);
            lines.AddRange([$"{Escape(example.Purpose)}:", ".PP", ".RS 4", ".EX", Escape(example.Line), ".EE", ".RE"]);
        }

        return [.. lines, ".SH SEE ALSO", ".BR condafuse (1)", "lists the other commands, the exit codes and the environment variables."];
    }

    /// <summary>What condafuse.1 says of the commands.</summary>
    public static IEnumerable<string> Overview()
    {
        yield return Begin;
        foreach (var group in CommandCatalog.Groups)
        {
            yield return $".SS {Escape(group.Title)}";
            foreach (var entry in group.Commands)
            {
                yield return ".TP";
                yield return $".BR condafuse\\-{Escape(entry.Name)} (1)";
                yield return Escape(entry.Create(AllCommands.Session, []).Description!);
            }
        }

        yield return End;
    }

    private static IEnumerable<string> Section(string title, IEnumerable<(string Term, string Text)> rows)
    {
        var lines = rows.SelectMany(row => TextLayout.Wrap(row.Text, Width).Select(Escape).Prepend(Emphasize(row.Term)).Prepend(".TP")).ToList();
        return lines.Count > 0 ? lines.Prepend($".SH {title}") : [];
    }

    private static IEnumerable<string> Paragraphs(string text) =>
        TextLayout.Wrap(text, Width).Select(line => line.Length == 0 ? ".PP" : Escape(line));

    /// <summary>Options bold, placeholders italic.</summary>
    private static string Emphasize(string usage) =>
        WordPattern().Replace(Escape(usage), word => $@"\f{(word.Value[0] == '\\' ? 'B' : 'I')}{word.Value}\fR");

    private static string Escape(string text)
    {
        var escaped = text.Replace(@"\", @"\e", StringComparison.Ordinal)
            .Replace("-", @"\-", StringComparison.Ordinal)
            .Replace("'", @"\(aq", StringComparison.Ordinal)
            .Replace("\"", @"\(dq", StringComparison.Ordinal)
            .Replace("~", @"\(ti", StringComparison.Ordinal)
            .Replace("^", @"\(ha", StringComparison.Ordinal);
        return escaped.StartsWith('.') ? $@"\&{escaped}" : escaped;
    }

    [GeneratedRegex(@"(?<![\w\\-])(\\-)+[\w]+(\\-\w+)*|\b[A-Z]{2,}\b|\b[A-Z]\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WordPattern();
}
