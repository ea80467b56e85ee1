namespace CondaFuse.Store.Tests;

public class PastNameTests
{
    [Theory]
    [InlineData("py@1", "py", 1)]
    [InlineData("py@home@12", "py@home", 12)]
    public void Name_and_generation_are_read_and_written(string text, string name, long generation)
    {
        var past = GenerationName.TryParse(text);
        Assert.Equal((name, generation), (past?.Name.Value, past?.Generation));
        Assert.Equal(text, past!.ToString());
    }

    [Theory]
    [InlineData("py")]
    [InlineData("@1")]
    [InlineData("py@")]
    [InlineData("py@-1")]
    [InlineData("py@1.0")]
    [InlineData("py@x")]
    [InlineData(".py@1")]
    [InlineData("a/py@1")]
    [InlineData("py@99999999999999999999")]
    public void Nothing_else_is_one(string text) => Assert.Null(GenerationName.TryParse(text));
}
