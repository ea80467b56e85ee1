namespace CondaFuse.Helper.Tests;

public class ActivationStackTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("CONDA_SHLVL=0", 0)]
    [InlineData("CONDA_SHLVL=1 CONDA_PREFIX=/opt/base", 0)]
    [InlineData("CONDA_SHLVL=1 CONDA_PREFIX=/envs/x/x", 1)]
    [InlineData("CONDA_SHLVL=2 CONDA_PREFIX=/envs/x/x CONDA_PREFIX_1=/opt/base", 1)]
    [InlineData("CONDA_SHLVL=2 CONDA_PREFIX=/opt/base CONDA_PREFIX_1=/envs/x/x", 2)]
    [InlineData("CONDA_SHLVL=3 CONDA_PREFIX=/envs/x CONDA_PREFIX_2=/opt/base CONDA_PREFIX_1=/envs/x/x", 3)]
    [InlineData("CONDA_SHLVL=1 CONDA_PREFIX=/envs/xy/x", 0)]
    [InlineData("CONDA_SHLVL=rubbish CONDA_PREFIX=/envs/x/x", 0)]
    public void Levels_are_counted_down_to_the_lowest_one_in_the_mount(string variables, int levels)
    {
        var given = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Append("HOME=/nowhere")
            .Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        Assert.Equal(levels, new ActivationStack(new Session(given)).LevelsAbove("/envs/x"));
    }
}
