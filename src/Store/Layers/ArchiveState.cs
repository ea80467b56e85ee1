using CondaFuse.Images;
using CondaFuse.Platform;

namespace CondaFuse.Store.Layers;

/// <summary>An image as it is now, and where its changes are.</summary>
/// <param name="Image">Its canonical path.</param>
/// <param name="Version">Which archive, and which state of it.</param>
/// <param name="Place">Where its changes are, or would be.</param>
public sealed record ArchiveState(string Image, GenerationInfo Version, ChangePlace Place)
{
    /// <summary>Looks at an image.</summary>
    public static ArchiveState Read(Layout layout, string image)
    {
        var canonical = CanonicalPath.Resolve(image);
        var version = GenerationInfo.Read(canonical);
        return new ArchiveState(canonical, version, ChangePlace.Choose(layout, canonical, version));
    }
}
