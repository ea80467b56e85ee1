using System.Diagnostics;

namespace CondaFuse.Store.Tests;

public class ShellArgumentTests
{
    [Theory]
    [InlineData("test-env", "test-env")]
    [InlineData("py3.11_x+y@2", "py3.11_x+y@2")]
    [InlineData("größe", "größe")]
    [InlineData("my env", "'my env'")]
    [InlineData("it's $HOME", @"'it'\''s $HOME'")]
    [InlineData("", "''")]
    public void A_shell_reads_the_text_back(string text, string argument)
    {
        Assert.Equal(argument, ShellArgument.Of(text));
        var start = new ProcessStartInfo("bash", ["-c", $"printf %s {argument}"]) { RedirectStandardOutput = true, UseShellExecute = false };
        using var shell = Process.Start(start)!;
        Assert.Equal(text, shell.StandardOutput.ReadToEnd());
    }
}
