using System.Text.RegularExpressions;
using CondaFuse.Helper.Help;

namespace CondaFuse.Helper.Tests;

/// <summary>What docs/reference/json.md promises. The failures themselves are in tests/EndToEnd/errors.bats.</summary>
public class JsonOptionTests
{
    public static TheoryData<string> Commands() => [.. CommandCatalog.Names];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_takes_the_option(string name) =>
        Assert.Contains(CommandCatalog.Find(name)!.Create(AllCommands.Session, []).Options, option => option is { Name: "--json", Hidden: false });

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_page_lists_every_command(string name)
    {
        var page = File.ReadAllText(Path.Combine(GoldenFile.Repository, "docs/reference/json.md"));
        Assert.Matches(new Regex($@"^\|[^|]*`{name}`[^|]*\|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromMinutes(2)), page);
    }
}
