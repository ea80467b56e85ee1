using CondaFuse.Platform;

namespace CondaFuse.Images.Tests;

/// <summary>What this process may do.</summary>
internal static class Rights
{
    /// <summary>Loop mounts, devices, owners.</summary>
    public static bool IsRoot => Identity.IsRoot;
}

/// <summary>A test that only root can run: it mounts, or makes devices and owners. Skipped, visibly, for others.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Rights.IsRoot || !File.Exists("/dev/fuse"))
        {
            Skip = "needs root and /dev/fuse";
        }
    }
}

/// <summary>A theory that only root can run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute()
    {
        if (!Rights.IsRoot)
        {
            Skip = "needs root";
        }
    }
}
