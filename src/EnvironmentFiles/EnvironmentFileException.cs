namespace CondaFuse.EnvironmentFiles;

/// <summary>Why nothing is made of an environment file.</summary>
public enum EnvironmentFileFault
{
    /// <summary>It is of no known format, or not well formed.</summary>
    Malformed,

    /// <summary>It asks for what an archive cannot hold, such as a package that is a link to its sources.</summary>
    Refused,

    /// <summary>It is for another platform, or needs what this machine does not have.</summary>
    NotForThisMachine,
}

/// <summary>An environment file of which nothing can be made; the message is for a person, and names the file.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">In words.</param>
public sealed class EnvironmentFileException(EnvironmentFileFault fault, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public EnvironmentFileFault Fault { get; } = fault;

    /// <summary>What the user can do next; null where nothing is known.</summary>
    public string? Hint { get; init; }
}
