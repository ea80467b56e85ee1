using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>A directory of an environment.</summary>
/// <param name="name">Its name in bytes; empty for the prefix itself.</param>
/// <param name="parent">The directory it lies in; null for the prefix itself.</param>
/// <param name="attributes">What the source says of it.</param>
internal sealed class SourceDirectory(byte[] name, SourceDirectory? parent, Attributes attributes)
{
    public byte[] Name { get; } = name;

    public SourceDirectory? Parent { get; } = parent;

    public Attributes Attributes { get; } = attributes;
}
