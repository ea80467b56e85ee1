using CondaFuse.Platform;

namespace CondaFuse.Tests.Shared;

/// <summary>A test that only root can do; skipped for everybody else.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Identity.IsRoot ? null : "only root can do this";
}
