namespace CondaFuse.Store.Tests;

public class EnvironmentNameTests
{
    [Theory]
    [InlineData("test-env")]
    [InlineData("py3.11")]
    [InlineData("with space")]
    [InlineData("größe")]
    [InlineData("a\\b'c\"d$e")]
    public void Valid_file_names_are_names(string text) => Assert.Equal(text, EnvironmentName.Parse(text).Value);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("a/b", "'/'")]
    [InlineData("-n", "'-'")]
    [InlineData(".hidden", "'.'")]
    [InlineData("..", "'.'")]
    [InlineData("a\nb", "control")]
    [InlineData("a\u0000b", "control")]
    [InlineData("a\u009bb", "control")]
    public void Anything_else_is_refused_with_the_reason(string text, string reason)
    {
        var failure = Assert.Throws<StoreException>(() => EnvironmentName.Parse(text));
        Assert.Equal(StoreFault.BadName, failure.Fault);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Theory]
    [InlineData("test-env")]
    [InlineData("py3.11_x+y")]
    [InlineData("my größe")]
    [InlineData("based")]
    public void Harmless_new_names_are_accepted(string text) => Assert.Equal(text, EnvironmentName.ParseNew(text).Value);

    [Theory]
    [InlineData(" ", "space")]
    [InlineData("a ", "space")]
    [InlineData("python=3.11", "looks like a package")]
    [InlineData("numpy>=1.2", "looks like a package")]
    [InlineData("*", "'*'")]
    [InlineData("base", "own environment")]
    [InlineData("root", "own environment")]
    [InlineData("a:b", "':'")]
    [InlineData("py@1", "'@'")]
    [InlineData("a$(x)", "'$'")]
    [InlineData("a`x`", "'`'")]
    [InlineData("~x", "'~'")]
    [InlineData("a\u202eb", "invisible")]
    public void Harmful_new_names_are_refused(string text, string reason)
    {
        var failure = Assert.Throws<StoreException>(() => EnvironmentName.ParseNew(text));
        Assert.Equal(StoreFault.BadName, failure.Fault);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.False(EnvironmentName.IsValidNew(text));
    }

    [Fact]
    public void Length_is_counted_in_bytes()
    {
        Assert.True(EnvironmentName.IsValid(new string('ö', EnvironmentName.MaxBytes / 2)));
        Assert.False(EnvironmentName.IsValid(new string('ö', (EnvironmentName.MaxBytes / 2) + 1)));
    }
}
