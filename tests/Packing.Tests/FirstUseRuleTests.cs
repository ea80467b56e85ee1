using System.Text;

namespace CondaFuse.Packing.Tests;

public class FirstUseRuleTests
{
    private const string Library = "lib/python3.12";

    [Fact]
    public void The_interpreter_comes_first_then_its_library_then_byte_code_in_the_order_of_use_without_sources()
    {
        using var tree = new SampleEnvironment()
            .Own("bin/python3.12", "\u007fELF").Link("bin/python3", "python3.12").Link("bin/python", "python3")
            .Own("lib/libpython3.12.so.1.0", "\u007fELF").Link("lib/libpython3.12.so", "libpython3.12.so.1.0").Own("lib/libother.so", "\u007fELF")
            .Own($"{Library}/site.py", "source").Own($"{Library}/encodings/__init__.py", "source")
            .Own($"{Library}/__pycache__/site.cpython-312.pyc", "code").Own($"{Library}/__pycache__/turtle.cpython-312.pyc", "code")
            .Own($"{Library}/encodings/__pycache__/utf_8.cpython-312.pyc", "code")
            .Own($"{Library}/encodings/__pycache__/__init__.cpython-312.pyc", "code!")
            .Own($"{Library}/encodings/__pycache__/big5.cpython-312.pyc", "code")
            .Own($"{Library}/lib-dynload/math.cpython-312-x86_64-linux-gnu.so", "\u007fELF")
            .Own($"{Library}/lib-dynload/_curses.cpython-312-x86_64-linux-gnu.so", "\u007fELF")
            .Own($"{Library}/site-packages/a.pth", "import a\n").Own($"{Library}/site-packages/empty.pth", "")
            .Build();
        var used = FirstUseRule.Of(tree, "");
        Assert.Equal(
            [
                "bin/python3.12", "lib/libpython3.12.so.1.0", $"{Library}/site-packages/a.pth",
                $"{Library}/encodings/__pycache__/__init__.cpython-312.pyc", $"{Library}/encodings/__pycache__/utf_8.cpython-312.pyc",
                $"{Library}/__pycache__/site.cpython-312.pyc", $"{Library}/lib-dynload/math.cpython-312-x86_64-linux-gnu.so",
            ],
            used.Select(range => Encoding.UTF8.GetString(range.Path.Span)));
        Assert.Equal((0L, 5L), (used[3].Offset, used[3].Length));
    }

    [Theory]
    [InlineData("loop")]
    [InlineData("../elsewhere/python")]
    [InlineData("missing")]
    public void Without_an_interpreter_in_the_environment_there_is_no_list(string target)
    {
        using var tree = new SampleEnvironment().Link("bin/python", target).Link("bin/loop", "python")
            .Own($"{Library}/__pycache__/site.cpython-312.pyc", "code").Build();
        Assert.Empty(FirstUseRule.Of(tree, ""));
        Assert.Empty(FirstUseRule.Of(tree, "none"));
    }
}
