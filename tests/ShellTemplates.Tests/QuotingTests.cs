namespace CondaFuse.ShellTemplates.Tests;

public sealed class QuotingTests
{
    private static readonly string[] Values =
    [
        "", "plain", "two words", "it's", "'", "''", "'''a''", @"\", @"\'", @"a\", @"\\n", "\"", "$HOME", "$(echo no)", "`echo no`", "!!", "!$",
        "~", "*", "[a-z]?", "{a,b}",
        "#not a comment", "-n", "--", "a;b", "a&b|c", "<x>", "(x)", "%s%d", "%1", "=ls", "^a", "line\nline", "\n", "tab\tbell\a", "größe ☃ 名前",
        "\u001b[31m", "\r\n", "a=b", "and", "end", "if",
    ];

    public static TheoryData<string, string> ShellsAndValues()
    {
        var data = new TheoryData<string, string>();
        foreach (var dialect in Dialect.All)
        {
            foreach (var value in Values)
            {
                data.Add(dialect.Name, value);
            }
        }

        return data;
    }

    [Theory]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("", "''")]
    [InlineData("plain", "'plain'")]
    [InlineData(@"a\b", @"'a\b'")]
    public void Bash_and_zsh_end_the_quotes_to_write_a_quote(string value, string quoted)
    {
        Assert.Equal(quoted, Dialect.Bash.Quote(value));
        Assert.Equal(quoted, Dialect.Zsh.Quote(value));
    }

    [Theory]
    [InlineData("it's", @"'it\'s'")]
    [InlineData("", "''")]
    [InlineData("plain-word_1", "plain-word_1")]
    [InlineData(@"a\b", @"'a\\b'")]
    public void Fish_escapes_quotes_and_backslashes_inside_the_quotes(string value, string quoted) => Assert.Equal(quoted, Dialect.Fish.Quote(value));

    [Theory]
    [MemberData(nameof(ShellsAndValues))]
    public void A_real_shell_reads_a_quoted_value_as_one_word_and_unchanged(string shell, string value)
    {
        var dialect = Dialect.All.Single(dialect => dialect.Name == shell);
        var quoted = dialect.Quote(value);
        Assert.Equal($"<{value}><{value}>", RealShell.Run(dialect, $"printf '<%s>' {quoted} {quoted}"));
    }

    [Fact]
    public void Zsh_reads_a_quoted_value_unchanged_where_two_quotes_stand_for_one()
    {
        foreach (var value in Values)
        {
            Assert.Equal($"<{value}>", RealShell.Run(Dialect.Zsh, $"setopt rc_quotes\nprintf '<%s>' {Dialect.Zsh.Quote(value)}"));
        }
    }

    [Fact]
    public void A_value_with_a_NUL_is_refused()
    {
        foreach (var dialect in Dialect.All)
        {
            Assert.Throws<ArgumentException>(() => dialect.Quote("a\0b"));
        }
    }
}
