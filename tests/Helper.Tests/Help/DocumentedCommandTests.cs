using System.Text.RegularExpressions;
using CondaFuse.Helper.Help;
using CondaFuse.Helper.Output;

namespace CondaFuse.Helper.Tests.Help;

/// <summary>
/// Command lines in documents, in code blocks and in the text, are accepted by the parsers. Arguments may be left out there. Blocks of kind console
/// are not looked at: they run in tests/EndToEnd/documents.bats.
/// </summary>
public partial class DocumentedCommandTests
{
    /// <summary>Not for users, but described.</summary>
    private static readonly string[] Internal = ["serve", "activate", "COMMAND"];

    [Fact]
    public void Command_lines_in_documents_are_valid()
    {
        var lines = Documents().SelectMany(document => CommandLines(File.ReadAllText(document)).Select(line => (document, line))).ToList();
        const int few = 100;
        Assert.True(lines.Count > few, $"{lines.Count} command lines");
        var mistakes = lines.SelectMany(pair => Mistakes(pair.line).Select(mistake => $"{Path.GetFileName(pair.document)}: {pair.line}: {mistake}"))
            .ToList();
        Assert.True(mistakes.Count == 0, string.Join('\n', mistakes));
    }

    [Theory]
    [InlineData("condafuse mount x --raed-only", "mount has no option '--raed-only'; did you mean '--read-only'?")]
    [InlineData("condafuse run x -- anything --at-all")]
    [InlineData("condafuse mnt x", "there is no command 'mnt'")]
    public void Mistakes_are_found(string line, params string[] mistakes) => Assert.Equal(mistakes, Mistakes(line));

    [Fact]
    public void Command_lines_end_where_the_shell_ends_them() =>
        Assert.Equal(
            ["condafuse log a", "condafuse mount --print-prefix 'b c'", "condafuse unmount d"],
            CommandLines("`condafuse log a`\n```sh\nx=$(condafuse mount --print-prefix 'b c')\ncondafuse unmount d >/dev/null # e\n```\n"));

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Path.Combine(GoldenFile.Repository, "docs"), "*.md", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/decisions/", StringComparison.Ordinal))
            .Append(Path.Combine(GoldenFile.Repository, "README.md"));

    /// <summary>From code blocks, fenced or indented, and spans of code.</summary>
    private static IEnumerable<string> CommandLines(string document) =>
        CodePattern().Matches(document).Where(code => code.Groups["kind"].Value is "" or "sh" or "lua" or "tcl")
            .SelectMany(code => CommandPattern().Matches(code.Value)).Select(match => match.Value.Trim())
            .Where(line => !line.Contains("...", StringComparison.Ordinal) && line.IndexOfAny(['[', '…', '{']) < 0);

    private static IEnumerable<string> Mistakes(string line)
    {
        string[] words = [.. WordPattern().Matches(line).Skip(1).Select(match => match.Value.Replace("'", "", StringComparison.Ordinal))
            .Select(word => word is "N" or "SECONDS" or "GENERATION" ? "1" : word)];
        var (given, rest) = PassThrough.Split(CommandAliases.Resolve(words));
        var (own, _, mistake) = ColorOption.Take(given);
        if (mistake is not null || own.Count == 0 || own[0].StartsWith('-') || Internal.Contains(own[0]) || HelpCommand.IsWanted(own))
        {
            return mistake is null ? [] : [mistake];
        }

        if (CommandCatalog.Find(own[0]) is not { } entry)
        {
            return [$"there is no command '{own[0]}'"];
        }

        if (own.Count == 1)
        {
            return [];
        }

        var command = entry.Create(AllCommands.Session, rest);
        return ParserMessages.Of(Program.Parse(command, own), command, own).Where(message => !message.Contains(" needs ", StringComparison.Ordinal));
    }

    [GeneratedRegex(
        @"^```(?<kind>\w+)\n[\s\S]*?^```$|^(    .*\n)+|`condafuse [^`\n]*`", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"\bcondafuse(?= [a-zA-Z-])( ('[^'\n]*'|""[^""\n]*""|[^\s'""`#|>&;<)\\]+))+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CommandPattern();

    [GeneratedRegex(@"('[^']*'|""[^""]*""|[^\s'""])+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WordPattern();
}
