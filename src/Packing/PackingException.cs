namespace CondaFuse.Packing;

/// <summary>A tree that cannot be packed.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">What it is about, by name, and what to do; for a person.</param>
public sealed class PackingException(PackingFault fault, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public PackingFault Fault { get; } = fault;
}
