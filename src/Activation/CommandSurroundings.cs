namespace CondaFuse.Activation;

/// <summary>The environment for a command: the result of activation at the first level, regardless of what is active outside.</summary>
/// <param name="Variables">The whole environment.</param>
/// <param name="Scripts">Scripts that a shell runs before the command, in this order; absolute paths.</param>
public sealed record CommandSurroundings(IReadOnlyDictionary<string, string> Variables, IReadOnlyList<string> Scripts)
{
    /// <summary>Deactivates every active environment without running scripts, which requires a shell; then activates one.</summary>
    /// <param name="outer">The environment of this process.</param>
    /// <param name="prefix">Absolute.</param>
    /// <param name="prefixes">Reads the contents of environments.</param>
    /// <param name="conda">The installed conda.</param>
    public static CommandSurroundings Of(IReadOnlyDictionary<string, string> outer, string prefix, IPrefixSource prefixes, InstalledConda conda)
    {
        try
        {
            return Compute(outer, prefix, prefixes, conda);
        }
        catch (CondaNeededException)
        {
            // Only the prompt needs conda, and a command has no prompt.
            return Compute(outer, prefix, prefixes, conda with { Settings = conda.Settings with { Prompt = new ActivationSettings().Prompt } });
        }
    }

    private static CommandSurroundings Compute(IReadOnlyDictionary<string, string> outer, string prefix, IPrefixSource prefixes, InstalledConda conda)
    {
        var state = new ShellState(outer);
        while (state is { Level: > 0, Prefix: not null })
        {
            state = state.After(new CondaActivation(state, prefixes, conda).Deactivate());
        }

        // A level without a prefix is no activation.
        state = state.After([new ShellAction.Unset("CONDA_SHLVL")]);
        var actions = new CondaActivation(state, prefixes, conda).Activate(prefix);
        return new CommandSurroundings(state.After(actions).Variables, [.. actions.OfType<ShellAction.Source>().Select(script => script.Path)]);
    }
}
