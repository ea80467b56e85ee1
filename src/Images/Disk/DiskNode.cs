namespace CondaFuse.Images.Disk;

/// <summary>An entry by its parent and its name.</summary>
/// <param name="parent">The directory; null for the root.</param>
/// <param name="name">Its name there; empty for the root.</param>
internal sealed class DiskNode(DiskNode? parent, byte[] name)
{
    public DiskNode? Parent { get; } = parent;

    public byte[] Name { get; } = name;
}
