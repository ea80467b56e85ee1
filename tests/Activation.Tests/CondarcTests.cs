using CondaFuse.Activation.Condarc;

namespace CondaFuse.Activation.Tests;

public sealed class CondarcTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory().FullName;
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void Without_files_and_variables_settings_are_condas_defaults() => Assert.Equal(new ActivationSettings(), Read());

    [Fact]
    public void All_settings_are_read()
    {
        Write(".condarc", "channels:\n  - defaults\nchangeps1: no\nenv_prompt: '<{name}> '  # mine\nauto_stack: 2\nenvvars_force_uppercase: False\n");
        Assert.Equal(new ActivationSettings { ChangesPrompt = false, Prompt = "<{name}> ", AutoStack = 2, ForcesUppercase = false }, Read());
    }

    [Fact]
    public void A_later_place_wins()
    {
        (string Place, int Value)[] places =
        [
            ("root/.condarc", 1), ("root/condarc", 2), ("root/condarc.d/a.yml", 3), ("root/condarc.d/b.yaml", 4), ("xdg/conda/.condarc", 5),
            (".config/conda/condarc", 6), (".conda/condarc.d/x.yml", 7),
            (".condarc", 8), ("prefix/.condarc", 9), ("given.yml", 10),
        ];
        _variables["XDG_CONFIG_HOME"] = $"{_home}/xdg";
        _variables["CONDA_PREFIX"] = $"{_home}/prefix";
        _variables["CONDARC"] = "~/given.yml";
        foreach (var (place, value) in places)
        {
            Write(place, $"auto_stack: {value}\n");
            Assert.Equal(value, Read().AutoStack);
        }

        _variables["CONDA_AUTO_STACK"] = "11";
        Assert.Equal(11, Read().AutoStack);
    }

    [Theory]
    [InlineData("root/condarc.d/a.txt")]
    [InlineData("given")]
    [InlineData("root/other")]
    public void Other_files_are_not_read(string place)
    {
        _variables["CONDARC"] = $"{_home}/given";
        Write(place, "auto_stack: 3\n");
        Assert.Equal(0, Read().AutoStack);
    }

    [Fact]
    public void A_final_value_is_not_changed_later()
    {
        Write("root/.condarc", "changeps1: false #!final\nauto_stack: 1\n");
        Write(".condarc", "changeps1: true  #!final\nauto_stack: 2\n");
        _variables["CONDA_CHANGEPS1"] = "true";
        _variables["CONDA_AUTO_STACK"] = "3!important";
        Assert.Equal((false, 3), (Read().ChangesPrompt, Read().AutoStack));
    }

    [Theory]
    [InlineData("changeps1: maybe\n")]
    [InlineData("changeps1: [true]\n")]
    [InlineData("changeps1: &a true\nother: *a\nauto_stack: *a\n")]
    [InlineData("changeps1: !!str true\n")]
    [InlineData("<<: {a: 1}\nchangeps1: true\n")]
    [InlineData("auto_stack: 1.5\n")]
    [InlineData("env_prompt: 5\n")]
    [InlineData("env_prompt: null\n")]
    [InlineData("env_prompt: true\n")]
    [InlineData("changeps1: false #!final\n# below\n")]
    [InlineData("changeps1: \"open\n")]
    [InlineData("changeps1: true\nchangeps1: false\n")]
    [InlineData("changeps1: true\n---\na: 1\n")]
    [InlineData("- changeps1\n")]
    [InlineData("changeps1: *unknown\n")]
    public void Unsupported_settings_are_left_to_conda(string text)
    {
        Write(".condarc", text);
        Assert.Throws<CondaNeededException>(() => Read());
    }

    [Theory]
    [InlineData("{broken")]
    [InlineData("ssl_verify: <[{")]
    [InlineData("")]
    [InlineData("# nothing\n")]
    public void A_file_without_these_settings_is_not_parsed(string text)
    {
        Write(".condarc", text);
        Assert.Equal(new ActivationSettings(), Read());
    }

    private ActivationSettings Read() => CondarcSettings.Read(_variables, _home, $"{_home}/root");

    private void Write(string name, string text)
    {
        var path = Path.Combine(_home, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
