namespace CondaFuse.Tree;

/// <summary>A failed operation on a tree.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">What happened, to which entry or field.</param>
/// <param name="inner">What caused it.</param>
public class TreeException(TreeFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public TreeFailure Failure { get; } = failure;
}
