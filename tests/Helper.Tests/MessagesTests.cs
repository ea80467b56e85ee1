using System.Text.RegularExpressions;

namespace CondaFuse.Helper.Tests;

/// <summary>Golden/messages.txt has every sentence of the program that is no help, so that a change of wording is seen in review.</summary>
public partial class MessagesTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    /// <summary>Rooms whose texts reach a person. The shells' messages are in shells/messages.json.</summary>
    private static readonly string[] Rooms =
    [
        "Helper", "Lifecycle", "Store", "Mounts", "Packing", "EnvironmentFiles", "Relocation", "Changes", "Images", "Compression", "Serving", "Fuse",
        "Platform", "Registry",
    ];

    [Fact]
    public void The_messages_are_the_reviewed_ones() =>
        GoldenFile.Check("tests/Helper.Tests/Golden/messages.txt", Rooms.SelectMany(room => Sentences(room).Prepend($"{room}:")));

    /// <summary>Its headings are messages with NAME, PATH and the like for what varies. The longest fixed part is looked for.</summary>
    [Fact]
    public void The_troubleshooting_page_names_messages_of_the_program()
    {
        var messages = Rooms.SelectMany(Sentences).Append(File.ReadAllText(Path.Combine(GoldenFile.Repository, "shells/messages.json"))).ToList();
        var headings = File.ReadLines(Path.Combine(GoldenFile.Repository, "docs/troubleshooting.md"))
            .Where(line => line.StartsWith("### `", StringComparison.Ordinal)).Select(line => line[5..^1]).ToList();
        Assert.NotEmpty(headings);
        Assert.DoesNotContain(headings, heading => !messages.Any(message => message.Contains(
            VariablePattern().Split(heading).MaxBy(part => part.Length)!, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_page_about_JSON_names_every_field()
    {
        var page = File.ReadAllText(Path.Combine(GoldenFile.Repository, "docs/reference/json.md"));
        var fields = Sources("Helper").Where(file => !Regex.IsMatch(file, "/(Integrations|Creating)/", RegexOptions.ExplicitCapture, Long))
            .SelectMany(file => FieldPattern().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["field"].Value);
        Assert.DoesNotContain(fields, field => !page.Contains($"`{field}`", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""x("a b"); // "no" """, "a b")]
    [InlineData(""" $"a {(b ? "c" : $"{d}")} e" + "f" """, """a {(b ? "c" : $"{d}")} ef""")]
    [InlineData(""" $"a {(b is { } c ? $"{c}" : "d")} e" """, """a {(b is { } c ? $"{c}" : "d")} e""")]
    [InlineData(""" @"a\" + 'b' + '\'' """, """a\""")]
    [InlineData(""" "a\"b", $"{{c" """, """a\"b""", "{{c")]
    public void Literals_are_found(string source, params string[] texts) => Assert.Equal(texts, SourceTexts.Of(source));

    private static IEnumerable<string> Sentences(string room) =>
        Sources(room).SelectMany(file => SourceTexts.Of(File.ReadAllText(file)))
            .Where(text => SentencePattern().IsMatch(text))
            .Select(text => $"  {text.ReplaceLineEndings(" ")}")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Sources(string room) =>
        Directory.EnumerateFiles(Path.Combine(GoldenFile.Repository, "src", room), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Regex.IsMatch(Path.GetRelativePath(GoldenFile.Repository, file), "/(obj|bin|Help)/",
                RegexOptions.ExplicitCapture, Long));

    [GeneratedRegex(@"\.Write(String|Number|Boolean|Null|Optional|StartArray|StartObject)\(""(?<field>\w+)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FieldPattern();

    [GeneratedRegex("/dev/fuse|['/a-z]*(NAME|PATH|USER|FILES|FILE|PLATFORM|N)[',]*", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VariablePattern();

    /// <summary>Three words in a row, or two after a quoted or interpolated one.</summary>
    [GeneratedRegex(@"[A-Za-z'}]+[,:;]? [a-z]+ [a-z{'(]+|[}'] [a-z]+ [a-z]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SentencePattern();
}
