using CondaFuse.Platform;

namespace CondaFuse.Tests.Shared;

/// <summary>A test that requires root; skipped for other users.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = Identity.IsRoot ? null : "only root can do this";
}

/// <summary>A test of restrictions that do not apply to root; skipped for root.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OrdinaryUserFactAttribute : FactAttribute
{
    public OrdinaryUserFactAttribute() => Skip = Identity.IsRoot ? "root may do it" : null;
}
