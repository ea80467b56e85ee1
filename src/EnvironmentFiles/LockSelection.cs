namespace CondaFuse.EnvironmentFiles;

/// <summary>Selects from a lock file with several environments.</summary>
/// <param name="Environment">The environment of a <c>pixi.lock</c>; null for <c>default</c>.</param>
/// <param name="Categories">Categories of a <c>conda-lock.yml</c> besides <c>main</c>.</param>
public sealed record LockSelection(string? Environment, IReadOnlyList<string> Categories)
{
    /// <summary>The default environment, or the main category.</summary>
    public static LockSelection Default { get; } = new(null, []);
}
