namespace CondaFuse.Mounts;

/// <summary>A mount that could not be made or undone.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">What happened, and to which mount point.</param>
/// <param name="inner">What caused it.</param>
public sealed class MountException(MountFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public MountFault Fault { get; } = fault;
}
