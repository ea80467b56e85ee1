namespace CondaFuse.Store;

/// <summary>Something that could not be done with an environment or its archive.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">What happened, to which file, and what to do next.</param>
/// <param name="inner">What caused it.</param>
public class StoreException(StoreFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public StoreFault Fault { get; } = fault;
}
