namespace CondaFuse.Helper.Tests;

public class PathWordsTests
{
    [Theory]
    [InlineData("pack", "d", "-o", "")]
    [InlineData("pack", "-p", "")]
    [InlineData("extract", "x", "")]
    [InlineData("mount", "x", "")]
    public void The_empty_word_is_not_a_path(params string[] words) =>
        Assert.Contains(AllCommands.Root().Parse(words).Errors, error => error.Message.Contains("''", StringComparison.Ordinal));
}
