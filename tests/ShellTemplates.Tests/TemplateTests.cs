namespace CondaFuse.ShellTemplates.Tests;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("{{ value }}")]
    [InlineData("{{ value.name }}")]
    [InlineData("{{ 'text' }}")]
    [InlineData("{{ value | string.upcase }}")]
    [InlineData("{{ value | quote | string.upcase }}")]
    [InlineData("{{ value | quote 1 }}")]
    [InlineData("{{ value | include 'part' }}")]
    [InlineData("{{ include value }}")]
    [InlineData("{{ include 'part' value }}")]
    [InlineData("{{ if value }}{{ value }}{{ end }}")]
    [InlineData("{{ if value }}{{ else }}{{ value }}{{ end }}")]
    [InlineData("{{ for item in value.list }}{{ item }}{{ end }}")]
    [InlineData("{{ for item in (value | string.upcase) }}{{ end }}")]
    [InlineData("{{ quote = string.upcase }}")]
    [InlineData("{{ func quote(x); ret x; end }}")]
    [InlineData("{{ capture text }}x{{ end }}")]
    [InlineData("{{ value | quote; value }}")]
    [InlineData("{{ with value }}{{ name }}{{ end }}")]
    public void A_template_that_could_insert_a_value_unquoted_is_refused_with_its_line(string template)
    {
        var failure = Assert.Throws<FormatException>(() => CheckedTemplate.Parse("first line\n" + template, "file.sbn"));
        Assert.Contains("file.sbn(2,", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unquoted_insertion_in_a_part_fails_the_rendering()
    {
        using var folder = new TemporaryTemplates();
        File.AppendAllText(System.IO.Path.Combine(folder.Path, "posix", "functions.sbn"), "{{ shell }}");
        var failure = Assert.ThrowsAny<Exception>(() => new TemplateFolder(folder.Path).Render());
        Assert.Contains("functions.sbn(", failure.GetBaseException().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_is_a_literal_of_the_generated_source_whatever_is_in_it()
    {
        const string Text = "a \"\"\"\" b {{ \\ }}\n";
        var source = SourceFile.Write([new RenderedFile("init.bash", Text)]);
        Assert.Contains($"\"init.bash\" => \"\"\"\"\"\n{Text}\n\"\"\"\"\"u8,", source, StringComparison.Ordinal);
    }

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
    public void A_template_with_unknown_words_is_an_error()
    {
        using var folder = new TemporaryTemplates();
        File.AppendAllText(System.IO.Path.Combine(folder.Path, "fish", "init.sbn"), "{{ message.unheardOf | quote }}");
        Assert.ThrowsAny<Exception>(() => new TemplateFolder(folder.Path).Render());
    }

    [Fact]
    public void Words_are_texts_lists_and_objects_only() =>
        Assert.Throws<FormatException>(() => Words.Read("""{ "help": {}, "number": 1 }"""));
}
