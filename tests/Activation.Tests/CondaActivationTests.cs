namespace CondaFuse.Activation.Tests;

public class CondaActivationTests
{
    private readonly List<string> _scripts = [];

    [Theory]
    [InlineData("23.11", "", "")]
    [InlineData("25.1", "", "")]
    [InlineData("25.3", null, null)]
    [InlineData("unknown", "-m", "conda")]
    public void Variables_for_starting_conda_are_handled_as_its_version_does(string version, string? module, string? program)
    {
        var shell = Shell(("CONDA_EXE", "/r/bin/conda"), ("_CE_M", "-m"), ("_CE_CONDA", "conda"))
            .After(Activation(Shell(("CONDA_EXE", "/r/bin/conda")), version).Activate("/e/envs/a"), _scripts);
        Assert.Equal((module, program), (shell.Variables.GetValueOrDefault("_CE_M"), shell.Variables.GetValueOrDefault("_CE_CONDA")));
    }

    [Fact]
    public void Without_conda_no_variable_of_its_start_is_set()
    {
        var shell = Shell().After(Activation(Shell(), "24.11").Activate("/e/envs/a"), _scripts);
        Assert.DoesNotContain(shell.Variables.Keys, name => name.StartsWith("_CE_", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/m/x/x", "x")]
    [InlineData("/m/x@3/x", "x")]
    [InlineData("/m/envs/x", "x")]
    [InlineData("/m/y/x", "/m/y/x")]
    [InlineData("/r", "base")]
    public void An_environment_is_shown_by_its_name(string prefix, string name)
    {
        var shell = Shell().After(Activation(Shell(), "24.11").Activate(prefix), _scripts);
        Assert.Equal(name, shell.Variables["CONDA_DEFAULT_ENV"]);
        Assert.Equal($"({name}) $ ", shell.Prompt);
    }

    [Theory]
    [InlineData("/m/$(id)/$(id)", "(?(id)) $ ")]
    [InlineData("/m/`id`/`id`", "(?id?) $ ")]
    [InlineData("/m/\\$x/y", "(/m/??x/y) $ ")]
    public void A_shell_expands_no_name_in_its_prompt(string prefix, string prompt)
    {
        var first = Shell().After(Activation(Shell(), "24.11").Activate(prefix), _scripts);
        Assert.Equal(prompt, first.Prompt);
        var second = first.After(Activation(first, "24.11").Activate("/m/b/b"), _scripts);
        Assert.Equal("(b) $ ", second.Prompt);
    }

    [Fact]
    public void The_old_modifier_is_removed_wherever_it_stands()
    {
        var before = Shell(
            ("CONDA_SHLVL", "1"), ("CONDA_PREFIX", "/e/envs/a"), ("CONDA_PROMPT_MODIFIER", "(a) ")) with { Prompt = "[time] (a) $ (a) " };
        var after = before.After(Activation(before, "24.11").Activate("/e/envs/b"), _scripts);
        Assert.Equal("(b) [time] $ ", after.Prompt);
    }

    [Fact]
    public void A_prompt_of_powerline_is_left_alone()
    {
        var before = Shell() with { Prompt = "$(\"$POWERLINE_COMMAND\" shell)" };
        Assert.DoesNotContain(Activation(before, "24.11").Activate("/e/envs/a"), action => action is ShellAction.Assign);
    }

    [Fact]
    public void A_stack_is_shown_with_all_its_environments()
    {
        var before = Shell(("CONDA_SHLVL", "1"), ("CONDA_PREFIX", "/e/envs/a"), ("CONDA_PROMPT_MODIFIER", "(a) "));
        var after = before.After(
            Activation(before, "24.11", new ActivationSettings { Prompt = "{{{stacked_env}}} " }).Activate("/m/b/b", stack: true), _scripts);
        Assert.Equal("{b,a} $ ", after.Prompt);
    }

    [Theory]
    [InlineData("({default_env!r}) ")]
    [InlineData("{default_env:>10}")]
    [InlineData("{other}")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("{}")]
    public void A_prompt_of_another_form_is_left_to_conda(string format) =>
        Assert.Throws<CondaNeededException>(() => Activation(Shell(), "24.11", new ActivationSettings { Prompt = format }).Activate("/e/envs/a"));

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("much")]
    public void Deactivating_without_an_active_environment_changes_nothing(string? level)
    {
        var before = level is null ? Shell() : Shell(("CONDA_SHLVL", level), ("CONDA_PREFIX", "/e/envs/a"));
        Assert.Equal([new ShellAction.Rehash()], Activation(before, "24.11").Deactivate());
    }

    [Fact]
    public void A_stack_with_a_missing_level_ends_without_an_active_environment()
    {
        var before = Shell(("CONDA_SHLVL", "2"), ("CONDA_PREFIX", "/e/envs/a"), ("PATH", "/e/envs/a/bin:/bin"));
        var after = before.After(Activation(before, "24.11").Deactivate(), _scripts);
        Assert.Equal(("0", "/bin"), (after.Variables["CONDA_SHLVL"], after.Variables["PATH"]));
        Assert.False(after.Variables.ContainsKey("CONDA_PREFIX"));
    }

    [Theory]
    [InlineData("/m/new/old", "new")]
    [InlineData("/m/new@3/old", "new")]
    [InlineData("/m/new/new", "new")]
    [InlineData("/elsewhere/new/old", "/elsewhere/new/old")]
    [InlineData("/m/a/b/c", "/m/a/b/c")]
    public void A_mounted_environment_is_shown_by_its_mount_point(string prefix, string shown)
    {
        var before = Shell(("PATH", "/bin"));
        var conda = new InstalledConda("/r", CondaGeneration.Parse("24.11"), new ActivationSettings()) { MountRoot = "/m/" };
        var after = before.After(new CondaActivation(new ShellState(before.Given()), new NoContents(), conda).Activate(prefix), _scripts);
        Assert.Equal((shown, $"({shown}) "), (after.Variables["CONDA_DEFAULT_ENV"], after.Variables["CONDA_PROMPT_MODIFIER"]));
    }

    [Fact]
    public void Variables_that_are_overwritten_are_named()
    {
        var before = Shell(("CF_ONE", "mine"), ("CF_TWO", "pkg-a"));
        List<string> named = [];
        var places = new Places(new GoldenCase("24.11.3", "bash", "default", "activate"));
        _ = new CondaActivation(
            new ShellState(before.Given()),
            places,
            new InstalledConda("/r", CondaGeneration.Unknown, new ActivationSettings())) { OnOverwritten = named.AddRange }.Activate("/e/envs/a");
        Assert.Equal(["CF_ONE"], named);
    }

    private static ShellPicture Shell(params (string Name, string Value)[] variables) =>
        new(variables.Append(("HOME", "/h")).ToDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal), "$ ");

    private static CondaActivation Activation(ShellPicture shell, string version, ActivationSettings? settings = null) =>
        new(
            new ShellState(shell.Given()),
            new NoContents(),
            new InstalledConda("/r", CondaGeneration.Parse(version), settings ?? new ActivationSettings())) { PromptVariable = "PS1" };

    private sealed class NoContents : IPrefixSource
    {
        public PrefixContents Read(string prefix) => PrefixContents.Empty;
    }
}
