namespace CondaFuse.Activation;

/// <summary>The settings of conda that activation depends on. The defaults are conda's.</summary>
public sealed record ActivationSettings
{
    /// <summary><c>changeps1</c>: whether the prompt shows the active environment.</summary>
    public bool ChangesPrompt { get; init; } = true;

    /// <summary><c>env_prompt</c>: what the prompt shows.</summary>
    public string Prompt { get; init; } = "({default_env}) ";

    /// <summary><c>auto_stack</c>: the highest level from which activation stacks by itself; 0 for never.</summary>
    public int AutoStack { get; init; }

    /// <summary><c>envvars_force_uppercase</c>: whether names of an environment's own variables are written in capitals.</summary>
    public bool ForcesUppercase { get; init; } = true;
}
