using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>Changes beside an image that cannot be used. They are left as they are.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">Which file, and what it says.</param>
/// <param name="inner">What caused it.</param>
public sealed class ChangesException(ChangesFault fault, string message, Exception? inner = null)
    : TreeException(fault == ChangesFault.Storage ? TreeFailure.Storage : TreeFailure.Corrupt, message, inner)
{
    /// <summary>Why.</summary>
    public ChangesFault Fault { get; } = fault;

    /// <summary>For <see cref="ChangesFault.OtherGeneration"/>: the generation that they build on.</summary>
    public long? Generation { get; init; }
}
