using CondaFuse.Packing.Content;

namespace CondaFuse.Packing.Tests.Content;

public class FilePatternTests
{
    [Theory]
    [InlineData("*.pyx", "lib/a/b.pyx", true)]
    [InlineData("*.pyx", "lib/a/b.py", false)]
    [InlineData("lib/*/x", "lib/a/b/x", true)]
    [InlineData("lib/?.py", "lib/a.py", true)]
    [InlineData("lib/?.py", "lib/ab.py", false)]
    [InlineData("lib/?.py", "lib/\U0001F40D.py", true)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[a-c]x", "dx", false)]
    [InlineData("[!a-c]x", "dx", true)]
    [InlineData("[!a-c]x", "ax", false)]
    [InlineData("[]]x", "]x", true)]
    [InlineData("[!]]x", "]x", false)]
    [InlineData("[abc", "[abc", true)]
    [InlineData("[a-]", "-", true)]
    [InlineData("*a*b*c", "xxaxxbxxc", true)]
    [InlineData("*a*b*c", "xxaxxcxxb", false)]
    [InlineData("", "", true)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData("bin", "bin/python", false)]
    [InlineData("BIN", "bin", false)]
    public void Patterns_match_as_python_s_fnmatch_does(string pattern, string path, bool expected) =>
        Assert.Equal(expected, new FilePattern(pattern).Matches(path));
}
