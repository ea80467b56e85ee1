namespace CondaFuse.Packing;

/// <summary>Why an environment or a directory cannot be packed.</summary>
public enum PackingFault
{
    /// <summary>The directory does not exist, or is not a conda environment.</summary>
    NotAnEnvironment,

    /// <summary>conda's records of the environment cannot be read.</summary>
    BadMetadata,

    /// <summary>There are editable packages.</summary>
    EditablePackages,

    /// <summary>Files managed by conda are missing.</summary>
    MissingFiles,

    /// <summary>Symlinks have no target that could be copied.</summary>
    LinksWithoutCopies,

    /// <summary>The destination's path is too long for a binary.</summary>
    DestinationTooLong,
}

/// <summary>A tree cannot be packed.</summary>
/// <param name="fault">The reason.</param>
/// <param name="message">The names involved and what to do, in words for the user.</param>
public sealed class PackingException(PackingFault fault, string message) : Exception(message)
{
    /// <summary>The reason.</summary>
    public PackingFault Fault { get; } = fault;
}
