using System.Text.Json;

namespace CondaFuse.Store.Tests;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a \"quoted\" \\ path")]
    [InlineData("lines\n\r\t\0\u001f")]
    [InlineData("hömé ☃ \U0001f40d </script> \u2028\u007f")]
    public void Strings_are_read_as_they_were_written(string value)
    {
        using var read = JsonDocument.Parse(JsonText.Object(json =>
        {
            json.WriteString(value, value);
            json.WriteStrings("all", [value, value]);
        }));
        Assert.Equal(value, read.RootElement.GetProperty(value).GetString());
        Assert.Equal([value, value], read.RootElement.GetProperty("all").EnumerateArray().Select(item => item.GetString()));
    }

    [Fact]
    public void Half_a_surrogate_becomes_a_replacement_character()
    {
        using var read = JsonDocument.Parse(JsonText.Object(json => json.WriteString("name", "a\ud800b")));
        Assert.Equal("a\ufffdb", read.RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public void Fields_of_every_kind_are_read_as_they_were_written()
    {
        var identity = Guid.NewGuid();
        using var read = JsonDocument.Parse(JsonText.Object(json =>
        {
            json.WriteObject("empty", _ => { });
            json.WriteObject("below", below =>
            {
                below.WriteNumber("least", long.MinValue);
                below.WriteNumber("most", ulong.MaxValue);
                below.WriteNumber("seconds", 0.1);
            });
            json.WriteStrings("none", []);
            json.WriteBoolean("yes", value: true);
            json.WriteBoolean("no", value: false);
            json.WriteString("nothing", value: null);
            json.WriteString("identity", identity);
        }));
        var root = read.RootElement;
        Assert.Equal(
            """{"empty":{},"below":{"least":-9223372036854775808,"most":18446744073709551615,"seconds":0.1},"""
            + "\"none\":[],\"yes\":true,\"no\":false,"
            + $"\"nothing\":null,\"identity\":\"{identity}\"}}", root.GetRawText());
        Assert.Equal(identity, root.GetProperty("identity").GetGuid());
    }
}
