using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using CondaFuse.Helper.Help;

namespace CondaFuse.Helper.Tests.Help;

public class HelpTests
{
    private const int UsualWidth = 80;
    private const int LongestSummary = 70;
    private const string ProgramPage = "man/condafuse.1";
    private static readonly Session Home = AllCommands.Session;
    private static readonly HelpPage Page = new(Home, UsualWidth);

    public static TheoryData<string> Commands() => [.. CommandCatalog.Names];

    [Fact]
    public void The_overview_is_the_reviewed_one() => GoldenFile.Check("tests/Helper.Tests/Golden/help/overview.txt", Page.Overview());

    [Fact]
    public void The_topics_are_the_reviewed_ones()
    {
        GoldenFile.Check("tests/Helper.Tests/Golden/help/topic-exit-codes.txt", Page.ExitCodes());
        GoldenFile.Check("tests/Helper.Tests/Golden/help/topic-variables.txt", Page.Variables());
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_help_of_a_command_is_the_reviewed_one(string name) =>
        GoldenFile.Check($"tests/Helper.Tests/Golden/help/{name}.txt", Page.Of(CommandCatalog.Find(name)!));

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_man_page_of_a_command_is_up_to_date(string name)
    {
        var title = File.ReadLines(Path.Combine(GoldenFile.Repository, ProgramPage)).First(line => line.StartsWith(".TH ", StringComparison.Ordinal));
        GoldenFile.Check($"man/condafuse-{name}.1", ManualPage.Of(CommandCatalog.Find(name)!, title));
    }

    [Fact]
    public void The_man_page_of_the_program_lists_the_commands()
    {
        var written = File.ReadAllLines(Path.Combine(GoldenFile.Repository, ProgramPage));
        GoldenFile.Check(
            ProgramPage,
            [
                .. written.TakeWhile(line => line != ManualPage.Begin), .. ManualPage.Overview(),
                .. written.SkipWhile(line => line != ManualPage.End).Skip(1),
            ]);
    }

    [Fact]
    public void The_reference_is_up_to_date()
    {
        GoldenFile.Check("docs/reference/commands.md", CommandReference.Commands());
        GoldenFile.Check("docs/reference/variables.md", CommandReference.Variables());
    }

    [Fact]
    public void Every_man_page_has_a_command() =>
        Assert.Equal(
            CommandCatalog.Names.Select(name => $"condafuse-{name}").Append("condafuse").Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Path.Combine(GoldenFile.Repository, "man"))
                .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_golden_page_has_a_command() =>
        Assert.Equal(
            CommandCatalog.Names.Concat(["overview", "topic-exit-codes", "topic-variables"]).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Path.Combine(GoldenFile.Repository, "tests/Helper.Tests/Golden/help"))
                .Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_has_a_short_summary_and_an_example_of_itself(string name)
    {
        var entry = CommandCatalog.Find(name)!;
        var summary = Parser(entry).Description!;
        Assert.InRange(summary.Length, 1, LongestSummary);
        Assert.True(char.IsUpper(summary[0]) || summary.StartsWith("conda", StringComparison.Ordinal), summary);
        Assert.False(summary.EndsWith('.'), summary);
        Assert.Contains(entry.Examples, example => example.Line.Contains($"condafuse {name}", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_argument_and_option_is_described(string name)
    {
        var command = Parser(CommandCatalog.Find(name)!);
        Assert.Equal(name, command.Name);
        Assert.DoesNotContain(command.Arguments, argument => string.IsNullOrEmpty(argument.Description));
        Assert.DoesNotContain(command.Options, option => string.IsNullOrEmpty(option.Description));
    }

    [Fact]
    public void The_completions_have_the_same_commands_summaries_and_options()
    {
        using var messages = JsonDocument.Parse(File.ReadAllText(Path.Combine(GoldenFile.Repository, "shells/messages.json")));
        var offered = messages.RootElement.GetProperty("commands").EnumerateArray().ToDictionary(
            command => command.GetProperty("name").GetString()!,
            command => string.Join('\n', command.GetProperty("options").EnumerateArray().Select(option => option.GetProperty("name").GetString()!)
                .Order(StringComparer.Ordinal).Prepend(command.GetProperty("summary").GetString()!)),
            StringComparer.Ordinal);
        var known = CommandCatalog.All.ToDictionary(
            entry => entry.Name,
            entry => string.Join('\n', Parser(entry).Options.Where(option => !option.Hidden).Select(option => option.Name)
                .Order(StringComparer.Ordinal).Prepend(Parser(entry).Description!)),
            StringComparer.Ordinal);
        Assert.Equal(known.OrderBy(pair => pair.Key, StringComparer.Ordinal), offered.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(200)]
    public void Pages_fit_the_width_apart_from_long_words_and_examples(int width)
    {
        var page = new HelpPage(Home, width);
        var lines = CommandCatalog.All.SelectMany(entry => page.Of(entry)).Concat(page.Overview()).Concat(page.ExitCodes()).Concat(page.Variables());
        var examples = CommandCatalog.All.SelectMany(entry => entry.Examples)
            .SelectMany(example => new[] { $"  {example.Line}", $"  # {example.Purpose}" });
        Assert.DoesNotContain(lines.Except(examples), line => line.Length > width && line.Trim().Contains(' ', StringComparison.Ordinal)
            && !line.StartsWith("Usage: ", StringComparison.Ordinal) && !line.StartsWith("  -", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_exit_code_and_every_variable_of_the_program_is_explained()
    {
        Assert.Equal(Enum.GetValues<ExitCode>(), HelpTopics.ExitCodes.Select(code => code.Code));
        var used = Directory.EnumerateFiles(Path.Combine(GoldenFile.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), "CONDA_FUSE_[A-Z_]+", RegexOptions.None, TimeSpan.FromMinutes(2)))
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Empty(used.Except(HelpTopics.Variables.Select(variable => variable.Name), StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("mount", "mount needs NAME")]
    [InlineData("extract", "extract needs NAME and DIRECTORY")]
    [InlineData("mount a b c", "mount takes no argument 'c' here")]
    [InlineData("mount --foo x", "mount has no option '--foo'")]
    [InlineData("mount x --read-onyl", "mount has no option '--read-onyl'; did you mean '--read-only'?")]
    [InlineData("convert x", "convert needs --to FORMAT")]
    [InlineData("convert x --to foo", "--to takes squashfs or zip, not 'foo'")]
    [InlineData("pack --n-threads", "--n-threads needs a value")]
    [InlineData("init csh", "SHELL takes bash, zsh or fish, not 'csh'")]
    [InlineData("mount x --generation y", "--generation takes the number of a generation, as 'condafuse log' shows it, not 'y'")]
    public void A_mistake_on_the_command_line_is_named(string line, string message)
    {
        var own = line.Split(' ');
        var command = Parser(CommandCatalog.Find(own[0])!);
        Assert.Equal([message], ParserMessages.Of(Program.Parse(command, own), command, own));
    }

    [Theory]
    [InlineData("mount x --read-only")]
    [InlineData("unmount x --wait -1.5", "--wait takes a number of seconds, 0 or more, not '-1.5'")]
    [InlineData("extract -- -odd out")]
    public void Arguments_that_look_like_options_are_accepted(string line, params string[] messages)
    {
        var own = line.Split(' ');
        var command = Parser(CommandCatalog.Find(own[0])!);
        Assert.Equal(messages, ParserMessages.Of(Program.Parse(command, own), command, own));
    }

    private static Command Parser(CommandEntry entry) => entry.Create(Home, []);
}
