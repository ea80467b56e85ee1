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
        var table = new Table(false, true, false);
        table.Add("NAME", "SIZE", "AT");
        table.Add("größe", "1", string.Empty);
        using var stream = new MemoryStream();
        table.Write(new LineOutput(stream, ignoresFailures: false));
        Assert.Equal("NAME   SIZE  AT\ngröße     1\n", Encoding.UTF8.GetString(stream.ToArray()));
    }
}
