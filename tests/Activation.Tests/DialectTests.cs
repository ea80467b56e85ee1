using System.Diagnostics;

namespace CondaFuse.Activation.Tests;

/// <summary>Real shells evaluate the rendered text: hostile values arrive unchanged, and nothing of them is executed.</summary>
public class DialectTests
{
    private const string Hostile = "a'b\"c$(touch pwned)`touch pwned`\\ \n!x;{}*?~#%\t\u00e9\\'";

    public static TheoryData<string, string, string> Shells => new()
    {
        { "bash", "actions.posix", "--norc" },
        { "zsh", "actions.posix", "-f" },
        { "fish", "actions.fish", "--no-config" },
    };

    [Theory]
    [MemberData(nameof(Shells))]
    public void A_hostile_value_arrives_unchanged(string shell, string table, string option)
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var script = Path.Combine(folder.FullName, "it's $(touch pwned)" + Dialect(table).ScriptExtension);
            File.WriteAllText(script, "printf 'sourced\\n'\n");
            var text = Dialect(table).Render(
            [
                new ShellAction.Export("CF_VALUE", Hostile),
                new ShellAction.Assign("cf_local", Hostile),
                new ShellAction.Export("CF_GONE", "x"),
                new ShellAction.Unset("CF_GONE"),
                new ShellAction.Source(script),
                new ShellAction.Rehash(),
            ]);
            var test = text + "printf '<%s>\\n' \"$CF_VALUE\" \"$cf_local\"\nprintenv CF_GONE || printf 'gone\\n'\n";
            Assert.Equal($"sourced\n<{Hostile}>\n<{Hostile}>\ngone\n", Run(folder.FullName, shell, option, test));
            Assert.False(File.Exists(Path.Combine(folder.FullName, "pwned")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public void Conda_is_called_with_quoted_words(string shell, string table, string option)
    {
        var text = Dialect(table).Render([new ShellAction.Delegate(["activate", "--stack", Hostile])]);
        var function = shell == "fish"
            ? "function __conda_fuse_conda; printf '[%s]' $argv; end\n"
            : "__conda_fuse_conda() { printf '[%s]' \"$@\"; }\n";
        Assert.Equal($"[activate][--stack][{Hostile}]", Run(Path.GetTempPath(), shell, option, function + text));
    }

    [Theory]
    [InlineData("A;touch pwned")]
    [InlineData("1A")]
    [InlineData("")]
    [InlineData("A B")]
    [InlineData("Ä")]
    public void An_invalid_variable_name_is_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => Dialect("actions.posix").Render([new ShellAction.Export(name, "x")]));
        Assert.Throws<ArgumentException>(() => Dialect("actions.fish").Render([new ShellAction.Unset(name)]));
    }

    [Fact]
    public void A_value_with_a_NUL_is_refused() =>
        Assert.Throws<ArgumentException>(() => Dialect("actions.posix").Render([new ShellAction.Export("A", "x\0y")]));

    private static Dialect Dialect(string table) => Activation.Dialect.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, table)));

    private static string Run(string folder, string shell, string option, string text)
    {
        var start = new ProcessStartInfo(shell)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(option);
        using var process = Process.Start(start)!;
        process.StandardInput.Write(text);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
