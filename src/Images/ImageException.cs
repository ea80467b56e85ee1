using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>An image that cannot be read, or not here.</summary>
/// <param name="fault">What is wrong.</param>
/// <param name="message">Which field, where, and what it says.</param>
/// <param name="inner">What caused it.</param>
public sealed class ImageException(ImageFault fault, string message, Exception? inner = null)
    : TreeException(fault == ImageFault.ReadFailed ? TreeFailure.Storage : TreeFailure.Corrupt, message, inner)
{
    /// <summary>What is wrong.</summary>
    public ImageFault Fault { get; } = fault;
}
