namespace CondaFuse.Tree.Tests;

public class PrintableTextTests
{
    [Theory]
    [InlineData("plain text ~")]
    [InlineData("größe 日本語 🐍 👨‍👩‍👧")]
    [InlineData("می‌خواهم")]
    [InlineData("back\\slash \uFFFD")]
    [InlineData("")]
    public void Displayable_text_is_unchanged(string text)
    {
        Assert.Same(text, PrintableText.Of(text));
        Assert.True(PrintableText.IsPrintable(text));
        Assert.Equal(text, PrintableText.Of(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("a\nb\r\tc", "a\\nb\\r\\tc")]
    [InlineData("\u001b[31mred\u0007\0", "\\x1b[31mred\\x07\\x00")]
    [InlineData("\u007f\u0080\u009b1m\u0085", "\\x7f\\x80\\x9b1m\\x85")]
    [InlineData("a\u202egnp.exe\u2066\u200f\u061c", "a\\u202egnp.exe\\u2066\\u200f\\u061c")]
    [InlineData("a\u2028b\u2029\ufeff\u200b\u00ad", "a\\u2028b\\u2029\\ufeff\\u200b\\xad")]
    [InlineData("tag \U000E0041", "tag \\U000e0041")]
    public void Control_and_invisible_characters_are_escaped(string text, string expected)
    {
        Assert.Equal(expected, PrintableText.Of(text));
        Assert.False(PrintableText.IsPrintable(text));
        Assert.Equal(expected, PrintableText.Of(System.Text.Encoding.UTF8.GetBytes(text)));
        Assert.Equal(expected, PrintableText.Of(expected));
    }

    [Fact]
    public void Invalid_encodings_are_escaped()
    {
        Assert.Equal("a\\xffb\\xe2\\x82", PrintableText.Of([(byte)'a', 0xff, (byte)'b', 0xe2, 0x82]));
        Assert.Equal("\\xc2\\x1b", PrintableText.Of([0xc2, 0x1b]));
        Assert.Equal("a\\ud800b\\udc00", PrintableText.Of("a" + (char)0xd800 + "b" + (char)0xdc00));
    }

    /// <summary>Every code point: the output contains no control, format or separator characters except joiners.</summary>
    [Fact]
    public void No_code_point_can_move_the_cursor()
    {
        for (var value = 0; value <= char.MaxValue; value++)
        {
            var text = PrintableText.Of(((char)value).ToString());
            Assert.DoesNotContain(
                text,
                letter =>
                    char.IsControl(letter)
                        || char.IsSurrogate(letter)
                        || letter is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));
        }
    }
}
