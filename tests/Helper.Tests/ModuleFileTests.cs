using CondaFuse.Helper.Integrations;

namespace CondaFuse.Helper.Tests;

public sealed class ModuleFileTests
{
    private const string Hostile = "a\"b$c[exit]\\d{e};f'g\\";

    [Theory]
    [InlineData("tcl", "\"a\\\"b\\$c\\[exit\\]\\\\d{e};f'g\\\\\"")]
    [InlineData("lua", "\"a\\\"b$c[exit]\\\\d{e};f'g\\\\\"")]
    public void Values_are_quoted_and_lists_of_paths_are_extended(string language, string quoted)
    {
        var before = ModuleFile.Surroundings("/home/u", "/usr/bin");
        var after = new Dictionary<string, string>(before, StringComparer.Ordinal)
        {
            ["ODD"] = Hostile,
            ["TWO"] = "one\ntwo",
            ["CONDA_SHLVL"] = "1",
            ["SHLVL"] = "7",
            ["PATH"] = $"/p/more:/p/bin:{before["PATH"]}",
            ["MANPATH"] = $"{before["MANPATH"]}:/p/man",
            ["LD_LIBRARY_PATH"] = "/p/lib",
        };
        List<string> warnings = [];
        var text = new ModuleFile(language).Write(
            "n`prefix`", "/m/n", "/m/n/n", new FixedCall(new Session(new Dictionary<string, string>(StringComparer.Ordinal))),
            before, after, warnings.Add);
        string Line(string verb, string luaVerb, string name, string value) =>
            language == "tcl" ? $"\n{verb} {name} {value}" : $"\n{luaVerb}(\"{name}\", {value})";
        Assert.Contains(Line("condafuse_set", "pushenv", "ODD", quoted), text, StringComparison.Ordinal);
        Assert.Contains(
            Line("prepend-path", "prepend_path", "PATH", "\"/p/bin\"") + Line("prepend-path", "prepend_path", "PATH", "\"/p/more\""), text,
            StringComparison.Ordinal);
        Assert.Contains(Line("append-path", "append_path", "MANPATH", "\"/p/man\""), text, StringComparison.Ordinal);
        Assert.Contains(Line("condafuse_set", "pushenv", "LD_LIBRARY_PATH", "\"/p/lib\""), text, StringComparison.Ordinal);
        Assert.DoesNotContain("/usr/bin\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("TWO", text, StringComparison.Ordinal);
        Assert.DoesNotContain(" SHLVL", text, StringComparison.Ordinal);
        Assert.Contains("n`prefix`", text, StringComparison.Ordinal);
        Assert.Single(warnings);
    }
}
