namespace CondaFuse.Helper.Tests;

public class PassThroughTests
{
    [Theory]
    [InlineData("create x --help --json @file -y", "create x", "--help --json @file -y")]
    [InlineData("create --resume x -c chan", "create --resume x", "-c chan")]
    [InlineData("create --format zip x --format y", "create --format zip x", "--format y")]
    [InlineData("create --format=zip --resume x -y", "create --format=zip --resume x", "-y")]
    [InlineData("create --format zip", "create --format zip", "")]
    [InlineData("create --help", "create --help", "")]
    [InlineData("create", "create", "")]
    [InlineData("run x -- python --version", "run x", "-- python --version")]
    [InlineData("run x python -c 1", "run x", "python -c 1")]
    [InlineData("list --json", "list --json", "")]
    [InlineData("", "", "")]
    public void What_is_not_ours_is_handed_on_untouched(string line, string own, string rest)
    {
        var split = PassThrough.Split(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(own, string.Join(' ', split.Own));
        Assert.Equal(rest, string.Join(' ', split.Rest));
    }

    [Fact]
    public void A_double_dash_before_the_name_is_ours()
    {
        var split = PassThrough.Split(["create", "--", "x", "-y"]);
        Assert.Equal(["create", "--", "x"], split.Own);
        Assert.Equal(["-y"], split.Rest);
    }
}
