namespace CondaFuse.Platform;

/// <summary>A folder that cannot be trusted to be one user's alone.</summary>
/// <param name="path">The folder.</param>
/// <param name="problem">What is wrong with it, as the rest of a sentence.</param>
public sealed class PrivateFolderException(string path, string problem) : IOException($"{path} {problem}")
{
    /// <summary>The folder.</summary>
    public string Path { get; } = path;
}
