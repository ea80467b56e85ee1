using CondaFuse.Platform;

namespace CondaFuse.Images.Tests;

/// <summary>What this process may do.</summary>
internal static class Rights
{
    /// <summary>Loop mounts, devices, owners.</summary>
    public static bool IsRoot => Identity.IsRoot;
}
