namespace CondaFuse.Activation;

/// <summary>What an environment brings along for its activation.</summary>
/// <param name="ActivateScripts">Absolute paths, in the order in which they run.</param>
/// <param name="DeactivateScripts">Absolute paths, in the order in which they run.</param>
/// <param name="Variables">The environment's own variables; the names are valid, the values without NUL.</param>
public sealed record PrefixContents(IReadOnlyList<string> ActivateScripts, IReadOnlyList<string> DeactivateScripts, IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>Value by which <c>conda env config vars</c> says that a variable is not to be set.</summary>
    public const string UnsetMark = "***unset***";

    /// <summary>No scripts and no variables.</summary>
    public static PrefixContents Empty { get; } = new([], [], new Dictionary<string, string>(StringComparer.Ordinal));
}
