namespace CondaFuse.Store;

/// <summary>One mount to be there.</summary>
/// <param name="Archive">Canonical path of the image.</param>
/// <param name="MountPoint">Canonical path of the mount point.</param>
/// <param name="Prefix">The environment's prefix when mounted, as the user writes it.</param>
/// <param name="ReadOnly">Whether the kernel shall refuse every write.</param>
/// <param name="Generation">The earlier generation to show; null for what the archive is now, with the changes beside it.</param>
public sealed record MountPlan(string Archive, string MountPoint, string Prefix, bool ReadOnly = false, long? Generation = null);
