using CondaFuse.Platform;

namespace CondaFuse.Images.Tests;

/// <summary>The permissions of this process.</summary>
internal static class Rights
{
    /// <summary>Loop mounts, devices, owners.</summary>
    public static bool IsRoot => Identity.IsRoot;
}

/// <summary>A test that requires root, because it mounts, or creates devices and owners. Reported as skipped for other users.</summary>
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

/// <summary>A theory that requires root.</summary>
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
