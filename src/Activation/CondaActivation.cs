using System.Globalization;

namespace CondaFuse.Activation;

/// <summary>
/// The effect of conda's activation on a shell (CEP 32), as a list of actions: the same variables, the same prompt, the same scripts in the same
/// order, so that conda can continue from there.
/// </summary>
/// <param name="shell">The shell before the change.</param>
/// <param name="prefixes">Reads the contents of environments.</param>
/// <param name="conda">The installed conda.</param>
public sealed class CondaActivation(ShellState shell, IPrefixSource prefixes, InstalledConda conda)
{
    private readonly Prompt _prompt = new(shell, conda.Settings, conda.Root, conda.MountRoot);

    private bool Uppercases => conda.Settings.ForcesUppercase || !conda.Generation.HasUppercaseSetting;

    /// <summary>The shell variable with the prompt; null if the shell reads CONDA_PROMPT_MODIFIER itself.</summary>
    public string? PromptVariable { get; init; }

    /// <summary>Receives the names of variables that an activation overwrites.</summary>
    public Action<IReadOnlyList<string>> OnOverwritten { get; init; } = _ => { };

    /// <summary>Activates an environment.</summary>
    /// <param name="givenPrefix">Absolute.</param>
    /// <param name="stack">Whether the environment below stays on PATH; null for the setting <c>auto_stack</c>.</param>
    public IReadOnlyList<ShellAction> Activate(string givenPrefix, bool? stack = null)
    {
        var (prefix, level) = (PathText.Normalize(givenPrefix), shell.Level);
        if (level > 0 && shell.Prefix == prefix)
        {
            return Reactivate();
        }

        var stacked = stack ?? (conda.Settings.AutoStack > 0 && level <= conda.Settings.AutoStack);
        var contents = prefixes.Read(prefix);
        var name = _prompt.NameOf(prefix);
        var modifier = _prompt.ForActivation(prefix, name, stacked);
        var steps = new ActionList();
        var path = new SearchPath(shell.Value("PATH"));
        if (level <= 0 || stacked)
        {
            path.Add(prefix, level <= 0 ? conda.Root : null);
        }
        else
        {
            path.Replace(shell.Prefix, prefix);
            steps.Deactivating = shell.Prefix is { } left ? prefixes.Read(left).DeactivateScripts : [];
        }

        steps.Set("PATH", path.ToString());
        SetActive(steps, prefix, level + 1, name, modifier);
        SetVariables(steps, contents, level);
        if (level > 0)
        {
            steps.SetOrRemove(ShellState.Lower(level), shell.Prefix);
            if (stacked)
            {
                steps.Set(ShellState.Stacked(level + 1), "true");
            }
        }

        return Finish(steps, modifier, contents.ActivateScripts);
    }

    /// <summary>Deactivates the top environment in favour of the one below; if none is active, only clears the cache of program locations.</summary>
    public IReadOnlyList<ShellAction> Deactivate()
    {
        if (shell.Prefix is not { } old || shell.Level < 1)
        {
            return [new ShellAction.Rehash()];
        }

        var level = shell.Level - 1;
        var below = level == 0 ? null : shell.PrefixAt(level);
        var contents = prefixes.Read(old);
        var steps = new ActionList { Deactivating = contents.DeactivateScripts };
        var path = new SearchPath(shell.Value("PATH"));
        var modifier = string.Empty;
        IReadOnlyList<string> activating = [];
        if (level > 0)
        {
            steps.Remove(ShellState.Lower(level));
        }

        if (below is null)
        {
            path.Remove(old);
            steps.Remove("CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER");
            steps.Set("CONDA_SHLVL", "0");
        }
        else
        {
            var name = _prompt.NameOf(below);
            var lower = prefixes.Read(below);
            modifier = _prompt.ForDeactivation(below, name);
            if (shell.IsStacked(shell.Level))
            {
                path.Remove(old);
                steps.Remove(ShellState.Stacked(shell.Level));
            }
            else
            {
                path.Replace(old, below);
            }

            SetActive(steps, below, level, name, modifier);
            foreach (var (variable, value) in lower.Variables)
            {
                // Every version of conda so far sets the marker itself here.
                steps.Set(Named(variable), value);
            }

            activating = lower.ActivateScripts;
        }

        Restore(steps, contents, level);
        steps.First = new ShellAction.Export("PATH", path.ToString());
        return Finish(steps, modifier, activating);
    }

    /// <summary>Runs the active environment's scripts again, as conda does after it changed the environment.</summary>
    public IReadOnlyList<ShellAction> Reactivate()
    {
        if (shell.Prefix is not { } prefix || shell.Level < 1)
        {
            return [new ShellAction.Rehash()];
        }

        var contents = prefixes.Read(prefix);
        var steps = new ActionList { Deactivating = contents.DeactivateScripts };
        var name = shell.Value("CONDA_DEFAULT_ENV");
        if (name is null || name == prefix)
        {
            name = _prompt.NameOf(prefix);
            if (name != prefix)
            {
                // conda showed the whole path.
                steps.Set("CONDA_DEFAULT_ENV", name);
            }
        }

        var modifier = _prompt.ForReactivation(prefix, name);
        steps.Set("PATH", new SearchPath(shell.Value("PATH")).Replace(prefix, PathText.Normalize(prefix)).ToString());
        steps.Set("CONDA_SHLVL", Number(shell.Level));
        steps.Set("CONDA_PROMPT_MODIFIER", modifier);
        if (conda.Generation.ReactivatesVariables)
        {
            foreach (var (variable, value) in contents.Variables)
            {
                steps.SetOrRemove(variable, value == PrefixContents.UnsetMark ? null : value);
            }
        }

        return Finish(steps, modifier, contents.ActivateScripts);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private string Named(string variable) => Uppercases ? variable.ToUpperInvariant() : variable;

    private static void SetActive(ActionList steps, string prefix, int level, string name, string modifier)
    {
        steps.Set("CONDA_PREFIX", prefix);
        steps.Set("CONDA_SHLVL", Number(level));
        steps.Set("CONDA_DEFAULT_ENV", name);
        steps.Set("CONDA_PROMPT_MODIFIER", modifier);
    }

    private void SetVariables(ActionList steps, PrefixContents contents, int level)
    {
        var wanted = contents.Variables.Where(variable => variable.Value != PrefixContents.UnsetMark).ToList();
        var existing = wanted.Where(variable => shell.Value(variable.Key) is not null).ToList();
        if (existing.Where(variable => shell.Value(variable.Key) != variable.Value)
                .Select(variable => variable.Key)
                .ToList() is { Count: > 0 } overwritten)
        {
            OnOverwritten(overwritten);
        }

        foreach (var (variable, value) in wanted)
        {
            steps.Set(Named(variable), value);
        }

        foreach (var (variable, _) in existing)
        {
            steps.Set(Named(ShellState.Saved(level, variable)), shell.Value(variable)!);
        }
    }

    private void Restore(ActionList steps, PrefixContents left, int level)
    {
        foreach (var variable in left.Variables.Keys)
        {
            if (shell.Value(ShellState.Saved(level, variable)) is { } saved && (saved.Length > 0 || conda.Generation.RestoresEmptyValues))
            {
                steps.Set(variable, saved);
            }
            else
            {
                steps.Remove(conda.Generation.UnsetsInUppercase ? Named(variable) : variable);
            }
        }
    }

    private IReadOnlyList<ShellAction> Finish(ActionList steps, string modifier, IReadOnlyList<string> activating)
    {
        // If conda is initialised, these two variables hold arguments for starting it; otherwise they are not conda's.
        if (shell.Value("CONDA_EXE") is not null && conda.Generation.RemovesStartWords is { } removed)
        {
            steps.SetOrRemove("_CE_M", removed ? null : string.Empty);
            steps.SetOrRemove("_CE_CONDA", removed ? null : string.Empty);
        }

        if (PromptVariable is not null && _prompt.Changed(shell.Value(PromptVariable) ?? string.Empty, modifier) is { } text)
        {
            steps.Prompt = new ShellAction.Assign(PromptVariable, text);
        }

        return steps.InOrder(activating);
    }
}
