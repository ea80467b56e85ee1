using System.Globalization;

namespace CondaFuse.Activation;

/// <summary>
/// Collects the actions of an activation in conda's order: scripts of the deactivated environment, variables, prompt, scripts of the activated one.
/// </summary>
internal sealed class ActionList
{
    private readonly List<ShellAction> _removed = [];
    private readonly List<ShellAction> _exported = [];

    /// <summary>Runs first, so that even the deactivation scripts see it; null for nothing.</summary>
    public ShellAction? First { get; set; }

    /// <summary>Deactivation scripts of the environment.</summary>
    public IReadOnlyList<string> Deactivating { get; set; } = [];

    public ShellAction? Prompt { get; set; }

    public void Set(string name, string value) => _exported.Add(new ShellAction.Export(name, value));

    public void Remove(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _removed.Add(new ShellAction.Unset(name));
        }
    }

    public void SetOrRemove(string name, string? value)
    {
        if (value is null)
        {
            Remove(name);
        }
        else
        {
            Set(name, value);
        }
    }

    public IReadOnlyList<ShellAction> InOrder(IReadOnlyList<string> activating) =>
    [
        .. Given(First),
        .. Deactivating.Select(path => new ShellAction.Source(path)),
        .. _removed,
        .. Given(Prompt),
        .. _exported,
        .. activating.Select(path => new ShellAction.Source(path)),
        new ShellAction.Rehash(),
    ];

    private static IEnumerable<ShellAction> Given(ShellAction? action) => action is null ? [] : [action];
}

/// <summary>One step that a shell takes to activate or deactivate an environment. The order of a list of them matters.</summary>
public abstract record ShellAction
{
    private ShellAction()
    {
    }

    /// <summary>Sets an environment variable.</summary>
    /// <param name="Name">A valid variable name (<see cref="VariableName.IsValid"/>).</param>
    /// <param name="Value">Any text without NUL.</param>
    public sealed record Export(string Name, string Value) : ShellAction;

    /// <summary>Removes a variable.</summary>
    /// <param name="Name">A valid variable name.</param>
    public sealed record Unset(string Name) : ShellAction;

    /// <summary>Sets a variable of the shell that is not exported: the prompt.</summary>
    /// <param name="Name">A valid variable name.</param>
    /// <param name="Value">Any text without NUL.</param>
    public sealed record Assign(string Name, string Value) : ShellAction;

    /// <summary>Runs a script in the shell itself.</summary>
    /// <param name="Path">Absolute.</param>
    public sealed record Source(string Path) : ShellAction;

    /// <summary>Clears the shell's cache of program locations.</summary>
    public sealed record Rehash : ShellAction;

    /// <summary>Lets conda itself do the work.</summary>
    /// <param name="Words">conda's command and its arguments.</param>
    public sealed record Delegate(IReadOnlyList<string> Words) : ShellAction;
}

/// <summary>conda's stack of active environments, read from the variables of a shell.</summary>
/// <param name="variables">The environment variables, including the prompt if the shell has one.</param>
public sealed class ShellState(IReadOnlyDictionary<string, string> variables)
{
    /// <summary>More levels do not occur in practice; this limits the time that a made-up number can cost.</summary>
    private const int MaxLevels = 100;

    /// <summary>CONDA_SHLVL: the number of active environments; 0 if the variable is missing or not a number.</summary>
    public int Level { get; } = int.TryParse(
        variables.GetValueOrDefault("CONDA_SHLVL"), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
        CultureInfo.InvariantCulture, out var level) ? level : 0;

    /// <summary>CONDA_PREFIX, the environment on top; null if there is none.</summary>
    public string? Prefix => NotEmpty("CONDA_PREFIX");

    /// <summary>The environment of a level, counted from 1.</summary>
    public string? PrefixAt(int level) => level == Level ? Prefix : NotEmpty(Lower(level));

    /// <summary>The environments of all levels, from the bottom.</summary>
    public IReadOnlyList<string> Prefixes => [.. Enumerable.Range(1, Math.Clamp(Level, 0, MaxLevels)).Select(PrefixAt).OfType<string>()];

    /// <summary>The variables of the shell after some actions.</summary>
    public ShellState After(IEnumerable<ShellAction> actions)
    {
        var after = new Dictionary<string, string>(variables, StringComparer.Ordinal);
        foreach (var action in actions)
        {
            if (action is ShellAction.Export(var set, var value))
            {
                after[set] = value;
            }
            else if (action is ShellAction.Unset(var removed))
            {
                after.Remove(removed);
            }
        }

        return new ShellState(after);
    }

    /// <summary>Every variable.</summary>
    internal IReadOnlyDictionary<string, string> Variables => variables;

    /// <summary>Whether the environment of a level was stacked on the one below.</summary>
    public bool IsStacked(int level) => Value(Stacked(level)) is not null;

    /// <summary>A variable's value; null if it is unset.</summary>
    public string? Value(string name) => variables.GetValueOrDefault(name);

    /// <summary>The variable that holds the prefix of a level that is not on top.</summary>
    internal static string Lower(int level) => string.Create(CultureInfo.InvariantCulture, $"CONDA_PREFIX_{level}");

    /// <summary>The variable that marks a level as stacked.</summary>
    internal static string Stacked(int level) => string.Create(CultureInfo.InvariantCulture, $"CONDA_STACKED_{level}");

    /// <summary>The variable that stores another one's value at a level.</summary>
    internal static string Saved(int level, string name) => string.Create(CultureInfo.InvariantCulture, $"__CONDA_SHLVL_{level}_{name}");

    private string? NotEmpty(string name) => Value(name) is { Length: > 0 } value ? value : null;
}

/// <summary>Names of variables. A shell cannot quote them, so names from files are checked before they become part of a command.</summary>
internal static class VariableName
{
    /// <summary>True for an ASCII letter or underscore, followed by letters, digits and underscores.</summary>
    public static bool IsValid(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
}
