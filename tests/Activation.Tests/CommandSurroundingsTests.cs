namespace CondaFuse.Activation.Tests;

public class CommandSurroundingsTests
{
    private static readonly InstalledConda Conda = new("/r", CondaGeneration.Unknown, new ActivationSettings());

    [Fact]
    public void A_command_gets_the_variables_of_activation()
    {
        var made = Of([("PATH", "/bin"), ("CF_ONE", "mine")], "/m/x/x");
        Assert.Equal(
            ("/m/x/x", "x", "(x) ", "1", "/m/x/x/bin:/r/condabin:/bin", "x's", "mine"),
            (made["CONDA_PREFIX"], made["CONDA_DEFAULT_ENV"], made["CONDA_PROMPT_MODIFIER"], made["CONDA_SHLVL"], made["PATH"], made["CF_ONE"],
                made["__CONDA_SHLVL_0_CF_ONE"]));
    }

    [Fact]
    public void Active_environments_are_deactivated_with_their_variables()
    {
        var made = Of(
            [
                ("PATH", "/e/envs/b/bin:/e/envs/a/bin:/bin"), ("CONDA_SHLVL", "2"), ("CONDA_PREFIX", "/e/envs/b"), ("CONDA_PREFIX_1", "/e/envs/a"),
                    ("CONDA_STACKED_2", "true"),
                ("CF_ONE", "b's"), ("__CONDA_SHLVL_1_CF_ONE", "a's"), ("__CONDA_SHLVL_0_CF_ONE", "mine"),
            ],
            "/m/bare/bare");
        Assert.Equal(("/m/bare/bare/bin:/r/condabin:/bin", "1", "mine"), (made["PATH"], made["CONDA_SHLVL"], made["CF_ONE"]));
        Assert.DoesNotContain(made.Keys, name => name is "CONDA_PREFIX_1" or "CONDA_PREFIX_2" or "CONDA_STACKED_2");
    }

    [Theory]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("much")]
    public void Levels_without_environments_are_ignored(string level) =>
        Assert.Equal("1", Of([("PATH", "/bin"), ("CONDA_SHLVL", level)], "/m/x/x")["CONDA_SHLVL"]);

    [Fact]
    public void Only_the_scripts_of_the_environment_itself_are_run() =>
        Assert.Equal(
            ["activate x"],
            CommandSurroundings.Of(
                new Dictionary<string, string>(StringComparer.Ordinal) { ["CONDA_SHLVL"] = "1", ["CONDA_PREFIX"] = "/e/envs/a" }, "/m/x/x",
                new Contents(), Conda).Scripts);

    [Fact]
    public void A_prompt_that_only_conda_understands_does_not_prevent_a_command()
    {
        var odd = Conda with { Settings = new ActivationSettings { Prompt = "{name!r} " } };
        var outer = new Dictionary<string,
            string>(StringComparer.Ordinal) { ["CONDA_SHLVL"] = "2", ["CONDA_PREFIX"] = "/e/envs/b", ["CONDA_PREFIX_1"] = "/e/envs/a" };
        Assert.Equal("(x) ", CommandSurroundings.Of(outer, "/m/x/x", new Contents(), odd).Variables["CONDA_PROMPT_MODIFIER"]);
    }

    private static IReadOnlyDictionary<string, string> Of(IEnumerable<(string Name, string Value)> outer, string prefix) =>
        CommandSurroundings.Of(outer.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal), prefix, new Contents(), Conda)
            .Variables;

    /// <summary>Every environment except `bare` has one script each and one variable.</summary>
    private sealed class Contents : IPrefixSource
    {
        public PrefixContents Read(string prefix)
        {
            var name = PathText.BaseName(prefix);
            return name == "bare" ? PrefixContents.Empty : new PrefixContents(
                [$"activate {name}"], [$"deactivate {name}"], new Dictionary<string, string>(StringComparer.Ordinal) { ["CF_ONE"] = $"{name}'s" });
        }
    }
}
