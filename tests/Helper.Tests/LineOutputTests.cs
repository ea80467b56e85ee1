using System.Text;
using CondaFuse.Helper.Output;
using CondaFuse.Store;

namespace CondaFuse.Helper.Tests;

public sealed class LineOutputTests : IDisposable
{
    private readonly MemoryStream _stream = new();
    private readonly LineOutput _output;

    public LineOutputTests() => _output = new LineOutput(_stream, ignoresFailures: false);

    public void Dispose() => _stream.Dispose();

    [Fact]
    public void A_line_stays_one_line()
    {
        _output.WriteLine("a\nb\u001b[2J");
        Assert.Equal("a\\nb\\x1b[2J\n", Text());
    }

    [Fact]
    public void Lines_of_ours_are_lines()
    {
        _output.WriteLines("a\n  b\tc");
        Assert.Equal("a\n  b\\tc\n", Text());
    }

    [Fact]
    public void What_the_parser_writes_is_escaped_between_newlines()
    {
        using var writer = _output.AsWriter();
        writer.WriteLine("Usage:\u0007");
        writer.Write("  half");
        writer.Write(" a line\n");
        writer.Write("rest");
        writer.Flush();
        Assert.Equal("Usage:\\x07\n  half a line\nrest", Text());
    }

    [Fact]
    public void Progress_only_moves_the_cursor_itself()
    {
        _output.Redraw("50 %\r\u001b[2J");
        Assert.Equal("\r\u001b[K50 %\\r\\x1b[2J", Text());
    }

    [Fact]
    public void Unwritable_messages_stop_nothing()
    {
        using var closed = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        new LineOutput(closed, ignoresFailures: true).WriteLine("lost");
        Assert.ThrowsAny<IOException>(() => new LineOutput(closed, ignoresFailures: false).WriteLine("lost"));
    }

    [Theory]
    [InlineData("Access to the path '/a b' is denied.", "/a b: permission denied")]
    [InlineData("x: Could not find file '/a'. And Could not find a part of the path '/b/c'.", "x: /a does not exist And /b/c does not exist")]
    [InlineData("Access to the path '/a", "Access to the path '/a")]
    [InlineData("open /a: Permission denied", "open /a: Permission denied")]
    public void Sentences_of_the_runtime_are_replaced(string text, string expected) => Assert.Equal(expected, SystemMessages.Plain(text));

    [Theory]
    [InlineData("mont", "mount")]
    [InlineData("lsit", "list")]
    [InlineData("unmout", "unmount")]
    [InlineData("frobnicate", null)]
    [InlineData("x", null)]
    public void The_nearest_command_is_suggested(string word, string? expected) =>
        Assert.Equal(expected, NearestWord.Find(word, ["mount", "unmount", "list", "log", "run"]));

    private string Text() => Encoding.UTF8.GetString(_stream.ToArray());
}
