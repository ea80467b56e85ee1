using CondaFuse.Platform;

namespace CondaFuse.Tests.Shared;

/// <summary>A test that only root can do; skipped for everybody else.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Identity.IsRoot ? null : "only root can do this";
}

/// <summary>A test of what root may do anyway; skipped for root.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OrdinaryUserFactAttribute : FactAttribute
{
    public OrdinaryUserFactAttribute() => Skip = Identity.IsRoot ? "root may do it" : null;
}
