using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>A name of an environment that can be packed by itself: anything but a directory with something in it.</summary>
/// <param name="Path">Its path below the prefix.</param>
/// <param name="Name">Its last component, in bytes.</param>
/// <param name="Directory">The directory it lies in.</param>
/// <param name="Attributes">What the source says of it.</param>
internal sealed record SourceFile(string Path, byte[] Name, SourceDirectory Directory, Attributes Attributes)
{
    /// <summary>The path whose content it has: its own, but of a copy in a symlink's place.</summary>
    public string Origin { get; init; } = Path;
}
