namespace CondaFuse.Packing;

/// <summary>Why an environment or a directory cannot be packed.</summary>
public enum PackingFault
{
    /// <summary>The directory is not there, or is no conda environment.</summary>
    NotAnEnvironment,

    /// <summary>conda's records of the environment cannot be read.</summary>
    BadMetadata,

    /// <summary>Packages are installed as links to their sources elsewhere.</summary>
    EditablePackages,

    /// <summary>Files that conda manages are gone.</summary>
    MissingFiles,

    /// <summary>Symlinks lead to nothing that could be copied in their place.</summary>
    LinksWithoutCopies,

    /// <summary>The destination's path is longer than there is room for in a binary.</summary>
    DestinationTooLong,
}

/// <summary>A tree that cannot be packed.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">What it is about, by name, and what to do; for a person.</param>
public sealed class PackingException(PackingFault fault, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public PackingFault Fault { get; } = fault;
}
