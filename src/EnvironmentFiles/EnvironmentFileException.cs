namespace CondaFuse.EnvironmentFiles;

/// <summary>Why an environment file cannot be used.</summary>
public enum EnvironmentFileFault
{
    /// <summary>Its format is unknown, or it is malformed.</summary>
    Malformed,

    /// <summary>It requires something that an archive cannot hold, such as an editable package.</summary>
    Refused,

    /// <summary>It is for another platform, or needs something that this machine does not have.</summary>
    NotForThisMachine,
}

/// <summary>An environment file cannot be used; the message is for the user, and names the file.</summary>
/// <param name="fault">The reason.</param>
/// <param name="message">The message.</param>
public sealed class EnvironmentFileException(EnvironmentFileFault fault, string message) : Exception(message)
{
    /// <summary>The reason.</summary>
    public EnvironmentFileFault Fault { get; } = fault;

    /// <summary>What the user can do next; null if nothing is known.</summary>
    public string? Hint { get; init; }
}
