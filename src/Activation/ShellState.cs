using System.Globalization;

namespace CondaFuse.Activation;

/// <summary>conda's stack of active environments, as the variables of a shell tell it.</summary>
/// <param name="variables">The environment, with the prompt among it where the shell has one.</param>
public sealed class ShellState(IReadOnlyDictionary<string, string> variables)
{
    /// <summary>CONDA_SHLVL: how many environments are active; 0 if the variable is missing or no number.</summary>
    public int Level { get; } = int.TryParse(
        variables.GetValueOrDefault("CONDA_SHLVL"), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var level) ? level : 0;

    /// <summary>CONDA_PREFIX, the environment on top; null if there is none.</summary>
    public string? Prefix => NotEmpty("CONDA_PREFIX");

    /// <summary>The environment of a level, counted from 1.</summary>
    public string? PrefixAt(int level) => level == Level ? Prefix : NotEmpty(Lower(level));

    /// <summary>Whether the environment of a level was stacked on the one below it.</summary>
    public bool IsStacked(int level) => Value(Stacked(level)) is not null;

    /// <summary>A variable's value; null if it is unset.</summary>
    public string? Value(string name) => variables.GetValueOrDefault(name);

    /// <summary>The variable that holds the prefix of a level that is not on top.</summary>
    internal static string Lower(int level) => string.Create(CultureInfo.InvariantCulture, $"CONDA_PREFIX_{level}");

    /// <summary>The variable that marks a level as stacked.</summary>
    internal static string Stacked(int level) => string.Create(CultureInfo.InvariantCulture, $"CONDA_STACKED_{level}");

    /// <summary>The variable that keeps the value that another had at a level.</summary>
    internal static string Saved(int level, string name) => string.Create(CultureInfo.InvariantCulture, $"__CONDA_SHLVL_{level}_{name}");

    private string? NotEmpty(string name) => Value(name) is { Length: > 0 } value ? value : null;
}
