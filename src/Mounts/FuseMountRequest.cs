namespace CondaFuse.Mounts;

/// <summary>What to mount, and how it shall look in the mount table.</summary>
/// <param name="MountPoint">An existing empty directory; absolute, without symlinks.</param>
/// <param name="Source">What the mount table and <c>df</c> show as its source: the image's path.</param>
/// <param name="ReadOnly">Whether the kernel itself refuses every write.</param>
public sealed record FuseMountRequest(string MountPoint, string Source, bool ReadOnly)
{
    /// <summary>The subtype of every mount of ours; the mount table shows <c>fuse.condafuse</c>.</summary>
    public const string Subtype = "condafuse";

    /// <summary>The type in the mount table.</summary>
    public const string Type = $"fuse.{Subtype}";
}
