using System.Text;

namespace CondaFuse.Platform.Tests;

public class NativeTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain größe 🐍")]
    public void Valid_text_is_text(string text)
    {
        Assert.Equal(text, NativeText.Decode(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(Encoding.UTF8.GetBytes(text), NativeText.Encode(text));
    }

    [Fact]
    public void Any_bytes_are_restored()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            Assert.Equal(bytes, NativeText.Encode(NativeText.Decode(bytes)));
        }
    }

    [Fact]
    public void Bytes_that_look_like_an_escape_are_not_mistaken_for_one()
    {
        // UTF-8 has no surrogates: their three bytes are three invalid bytes.
        byte[] bytes = [0xed, 0xb2, 0x80];
        Assert.Equal(bytes, NativeText.Encode(NativeText.Decode(bytes)));
    }

    [Fact]
    public void Other_lone_surrogates_are_replaced() => Assert.Equal("\uFFFD"u8.ToArray(), NativeText.Encode(((char)0xd800).ToString()));

    [Fact]
    public void Children_get_the_same_bytes()
    {
        var file = Path.GetTempFileName();
        try
        {
            var odd = NativeText.Decode([(byte)'a', 0xff, 0xfe]);
            var child = ChildProcess.Start(new SpawnRequest
            {
                Program = "/bin/sh",
                Arguments = ["sh", "-c", "printf %s \"$1$X\" >\"$2\"", "sh", odd, file],
                Environment = [$"X={odd}"],
            });
            Assert.Equal(0, child.Wait());
            Assert.Equal([(byte)'a', 0xff, 0xfe, (byte)'a', 0xff, 0xfe], File.ReadAllBytes(file));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
