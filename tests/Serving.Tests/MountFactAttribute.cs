using CondaFuse.Mounts;
using CondaFuse.Platform;

namespace CondaFuse.Serving.Tests;

/// <summary>A test that really mounts; reported as skipped if this user cannot.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute()
    {
        if (!Identity.IsRoot || !File.Exists(FuseMounter.DevicePath))
        {
            Skip = "needs root and /dev/fuse";
        }
    }
}
