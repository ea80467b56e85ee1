namespace CondaFuse.Activation;

/// <summary>What a command is started with in an environment: what activation sets at the first level, whatever is active around it.</summary>
/// <param name="Variables">The whole environment.</param>
/// <param name="Scripts">Scripts that a shell runs before the command, in this order; absolute paths.</param>
public sealed record CommandSurroundings(IReadOnlyDictionary<string, string> Variables, IReadOnlyList<string> Scripts)
{
    /// <summary>Leaves every active environment, without its scripts, which only a shell could run; then activates one.</summary>
    /// <param name="outer">The environment of this process.</param>
    /// <param name="prefix">Absolute.</param>
    /// <param name="prefixes">What environments bring along.</param>
    /// <param name="conda">The installed conda.</param>
    public static CommandSurroundings Of(IReadOnlyDictionary<string, string> outer, string prefix, IPrefixSource prefixes, InstalledConda conda)
    {
        try
        {
            return Compute(outer, prefix, prefixes, conda);
        }
        catch (CondaNeededException)
        {
            // Only the prompt needs conda, and a command has none.
            return Compute(outer, prefix, prefixes, conda with { Settings = conda.Settings with { Prompt = new ActivationSettings().Prompt } });
        }
    }

    private static CommandSurroundings Compute(IReadOnlyDictionary<string, string> outer, string prefix, IPrefixSource prefixes, InstalledConda conda)
    {
        var variables = new Dictionary<string, string>(outer, StringComparer.Ordinal);
        while (new ShellState(variables) is { Level: > 0, Prefix: not null } active)
        {
            Apply(variables, new CondaActivation(active, prefixes, conda).Deactivate());
        }

        // A level without a prefix is no activation.
        variables.Remove("CONDA_SHLVL");
        var actions = new CondaActivation(new ShellState(variables), prefixes, conda).Activate(prefix);
        Apply(variables, actions);
        return new CommandSurroundings(variables, [.. actions.OfType<ShellAction.Source>().Select(script => script.Path)]);
    }

    private static void Apply(Dictionary<string, string> variables, IReadOnlyList<ShellAction> actions)
    {
        foreach (var action in actions)
        {
            if (action is ShellAction.Export(var set, var value))
            {
                variables[set] = value;
            }
            else if (action is ShellAction.Unset(var removed))
            {
                variables.Remove(removed);
            }
        }
    }
}
