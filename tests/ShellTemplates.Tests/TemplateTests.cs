namespace CondaFuse.ShellTemplates.Tests;

public sealed class TemplateTests
{
    public static TheoryData<string> Templates() =>
        [.. Directory.EnumerateFiles(Repository.Templates, "*.hbs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.Templates, file))];

    [Theory]
    [MemberData(nameof(Templates))]
    public void No_template_inserts_a_value_unquoted(string template) =>
        Assert.DoesNotContain(Lines(template), line => line.Contains("{{{", StringComparison.Ordinal) || line.Contains("{{&", StringComparison.Ordinal));

    /// <summary>Handlebars.Net 2.4.3 does not encode inside a part that is inserted with an indent.</summary>
    [Theory]
    [MemberData(nameof(Templates))]
    public void No_template_inserts_a_part_with_an_indent(string template) =>
        Assert.DoesNotContain(Lines(template), line => line.IndexOf("{{>", StringComparison.Ordinal) > 0 && !line.StartsWith("{{!", StringComparison.Ordinal));

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Whatever_the_words_hold_the_functions_only_print_it(string shell)
    {
        const string Hostile = @"'; echo no; ' \'; echo no; \' $(echo no) (echo no) `echo no` "" \ ☃";
        using var folder = new TemporaryTemplates();
        folder.ReplaceHelp("paths", Hostile);

        var dialect = Dialect.All.Single(dialect => dialect.Name == shell);
        var text = new TemplateFolder(folder.Path).Render().Single(file => file.Name == "init." + shell).Text;

        Assert.Equal(Hostile + "\n", RealShell.Run(dialect, text + "\nconda-fuse-paths --help"));
    }

    [Fact]
    public void A_template_that_asks_for_words_there_are_not_is_an_error()
    {
        using var folder = new TemporaryTemplates();
        File.AppendAllText(System.IO.Path.Combine(folder.Path, "fish", "init.hbs"), "{{message.unheardOf}}");
        Assert.ThrowsAny<Exception>(() => new TemplateFolder(folder.Path).Render());
    }

    [Fact]
    public void Words_are_texts_lists_and_objects_only() =>
        Assert.Throws<FormatException>(() => Words.Read("""{ "help": {}, "number": 1 }"""));

    private static string[] Lines(string template) => File.ReadAllLines(Path.Combine(Repository.Templates, template));
}
