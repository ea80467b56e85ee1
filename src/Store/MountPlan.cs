namespace CondaFuse.Store;

/// <summary>One mount to be there.</summary>
/// <param name="Archive">Canonical path of the image.</param>
/// <param name="MountPoint">Canonical path of the mount point.</param>
/// <param name="Prefix">The environment's prefix when mounted, as the user writes it.</param>
/// <param name="ReadOnly">Whether the kernel shall refuse every write.</param>
public sealed record MountPlan(string Archive, string MountPoint, string Prefix, bool ReadOnly = false);
