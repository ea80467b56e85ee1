using CondaFuse.Store.Creating;

namespace CondaFuse.Store.Tests.Creating;

public class CreationArgumentsTests
{
    [Theory]
    [InlineData("-y python -p /x", "-p")]
    [InlineData("-n other", "-n")]
    [InlineData("python -p/x", "-p/x")]
    [InlineData("-nother", "-nother")]
    [InlineData("-yqp /x", "-yqp")]
    [InlineData("-yn other", "-yn")]
    [InlineData("--prefix /x", "--prefix")]
    [InlineData("--prefix=/x python", "--prefix=/x")]
    [InlineData("--pre=/x", "--pre=/x")]
    [InlineData("--name other", "--name")]
    [InlineData("--nam=other", "--nam=other")]
    [InlineData("-c channel -y --name=other", "--name=other")]
    public void An_option_for_a_location_is_found(string line, string found) => Assert.Equal(found, CreationArguments.FindPlace(line.Split(' ')));

    [Theory]
    [InlineData("-y python numpy=1.2")]
    [InlineData("-c conda-forge -cnvidia -c pytorch")]
    [InlineData("--no-deps --no-pin --offline --override-channels")]
    [InlineData("--name-of-something --prefixes x")]
    [InlineData("-yc nvidia")]
    [InlineData("--file n.txt --platform linux-64")]
    [InlineData("name prefix -")]
    [InlineData("-y -- -p")]
    public void Anything_else_is_condas_own(string line) => Assert.Null(CreationArguments.FindPlace(line.Split(' ')));
}
