namespace CondaFuse.Registry;

/// <summary>Why an operation with a registry failed.</summary>
public enum RegistryFault
{
    /// <summary>The reference has another form than HOST/REPOSITORY[:TAG][@DIGEST].</summary>
    BadReference,

    /// <summary>The registry has no such repository, tag or blob.</summary>
    NotFound,

    /// <summary>The registry wants other credentials, or they could not be read.</summary>
    Denied,

    /// <summary>The registry did not answer, or not in time.</summary>
    Unreachable,

    /// <summary>The registry refused a request, or answered with something else than the specification says.</summary>
    Refused,

    /// <summary>What the registry stores is not what its digest says, or not of our format.</summary>
    Damaged,

    /// <summary>It is not an environment of this program.</summary>
    Foreign,

    /// <summary>The tag, or the archive, is at a state that must not be replaced.</summary>
    Conflict,

    /// <summary>This machine lacks something.</summary>
    Unsupported,
}

/// <summary>An operation with a registry failed.</summary>
/// <param name="fault">The kind of failure.</param>
/// <param name="message">What failed, at which reference, and why. Text from the registry in it is not escaped.</param>
/// <param name="inner">The cause.</param>
public sealed class RegistryException(RegistryFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of failure.</summary>
    public RegistryFault Fault { get; } = fault;

    /// <summary>What the user can do next; null if nothing is known.</summary>
    public string? Hint { get; init; }
}
