using System.Text;

namespace CondaFuse.Tree.Tests;

public sealed class EntryNameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("...")]
    [InlineData(".hidden")]
    [InlineData(" ")]
    [InlineData("-rf")]
    [InlineData("\n\xff")]
    public void A_name_may_hold_any_bytes(string name) => Assert.True(EntryName.IsValid(Encoding.Latin1.GetBytes(name)));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("a\0b")]
    public void A_name_cannot_lead_elsewhere(string name) => Assert.False(EntryName.IsValid(Encoding.Latin1.GetBytes(name)));

    [Fact]
    public void It_has_at_most_255_bytes()
    {
        Assert.True(EntryName.IsValid(new byte[255].Select(_ => (byte)'x').ToArray()));
        Assert.False(EntryName.IsValid(new byte[256].Select(_ => (byte)'x').ToArray()));
    }
}
