using System.Text;
using CondaFuse.Helper.Output;

namespace CondaFuse.Helper.Tests;

public class OutputTests
{
    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1023, "1023B")]
    [InlineData(1024, "1.0K")]
    [InlineData(10 * 1024, "10K")]
    [InlineData(67063808, "64M")]
    [InlineData(long.MaxValue, "8192P")]
    public void Sizes_are_as_ls_writes_them(long bytes, string expected) => Assert.Equal(expected, Sizes.Human(bytes));

    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell()
    {
        var table = new Table(default, new Column(IsRightAligned: true), default);
        table.Add("NAME", "SIZE", "AT");
        table.Add("größe", "1", string.Empty);
        using var stream = new MemoryStream();
        table.Write(new LineOutput(stream, ignoresFailures: false));
        Assert.Equal("NAME   SIZE  AT\ngröße     1\n", Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Theory]
    [InlineData(200, "ok  home  it can be written by its owner alone")]
    [InlineData(36, "ok  home  it can be written by its\n          owner alone")]
    [InlineData(30, "ok  home\n    it can be written by its\n    owner alone")]
    [InlineData(12, "ok  home\n    it can\n    be\n    written\n    by its\n    owner\n    alone")]
    public void A_wrapped_column_stays_beside_the_others_while_there_is_room(int width, string expected)
    {
        var table = Table.Wrapped(3);
        table.Add("ok", "home", "it can be written by its owner alone");
        using var stream = new MemoryStream();
        table.Write(new LineOutput(stream, ignoresFailures: false), new Screen(true, width, 24, false, "/home/user", DateTimeOffset.UnixEpoch));
        Assert.Equal($"{expected}\n", Encoding.UTF8.GetString(stream.ToArray()));
    }
}
