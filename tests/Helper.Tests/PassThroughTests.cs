namespace CondaFuse.Helper.Tests;

public class PassThroughTests
{
    [Theory]
    [InlineData("create x --help --jsn @file -y", "create x", "--help --jsn @file -y")]
    [InlineData("create x python --json -y", "create x --json", "python -y")]
    [InlineData("create x -y -- --json", "create x", "-y --json")]
    [InlineData("run --json x python --json", "run --json x", "python --json")]
    [InlineData("run x --json -- python", "run x --json", "-- python")]
    [InlineData("create --resume x -c chan", "create --resume x", "-c chan")]
    [InlineData("create --format zip x --format y", "create --format zip x --format y", "")]
    [InlineData("create x python --format zip -y --resume", "create x --format zip --resume", "python -y")]
    [InlineData("create x python --format=zip numpy", "create x --format=zip", "python numpy")]
    [InlineData("create x python --format", "create x --format", "python")]
    [InlineData("create x -y -- --format y --resume", "create x", "-y --format y --resume")]
    [InlineData("create -n x python", "create x", "python")]
    [InlineData("create --name=x -y python", "create x", "-y python")]
    [InlineData("create -y -q x python", "create x", "-y -q python")]
    [InlineData("create -y --name x --format zip python", "create x --format zip", "-y python")]
    [InlineData("create x python -n y", "create x", "python -n y")]
    [InlineData("create -n x python -n y", "create x", "python -n y")]
    [InlineData("create -n", "create", "")]
    [InlineData("create -c conda-forge x", "create -c conda-forge", "x")]
    [InlineData("run x --read-only -- python --read-only", "run x --read-only", "-- python --read-only")]
    [InlineData("run x python --read-only", "run x", "python --read-only")]
    [InlineData("run x -- --read-only", "run x", "-- --read-only")]
    [InlineData("run x --help", "run x --help", "")]
    [InlineData("create --format=zip --resume x -y", "create --format=zip --resume x", "-y")]
    [InlineData("create --format zip", "create --format zip", "")]
    [InlineData("create --help", "create --help", "")]
    [InlineData("create", "create", "")]
    [InlineData("run x -- python --version", "run x", "-- python --version")]
    [InlineData("run x python -c 1", "run x", "python -c 1")]
    [InlineData("list --json", "list --json", "")]
    [InlineData("create x --try true python", "create x --try true", "python")]
    [InlineData("create --color never x python", "create --color never x", "python")]
    [InlineData("create --color=never x python", "create --color=never x", "python")]
    [InlineData("run --color never x ls --color never", "run --color never x", "ls --color never")]
    [InlineData("", "", "")]
    public void Arguments_for_other_programs_are_passed_on_unchanged(string line, string own, string rest)
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

    [Fact]
    public void Options_behind_a_name_that_follows_a_double_dash_stay_options()
    {
        var split = PassThrough.Split(["create", "--", "x", "--format", "zip", "-y"]);
        Assert.Equal(["create", "--format", "zip", "--", "x"], split.Own);
        Assert.Equal(["-y"], split.Rest);
    }

    [Theory]
    [InlineData("--color never ls x", "ls --color never x")]
    [InlineData("--color=never run x ls", "run --color=never x ls")]
    [InlineData("--color never", "--color never")]
    [InlineData("list --color never", "list --color never")]
    public void Color_before_the_command_is_as_behind_it(string line, string expected) =>
        Assert.Equal(expected, string.Join(' ', Output.ColorOption.BehindCommand(line.Split(' '))));
}
