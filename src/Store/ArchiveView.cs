using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Opens archives to be shown at a mount's prefix, without changes.</summary>
public static class ArchiveView
{
    /// <summary>Opens one.</summary>
    /// <param name="layout">Where everything lies.</param>
    /// <param name="plan">The archive, which generation of it, and the prefix.</param>
    /// <param name="note">Takes what a person should know.</param>
    /// <exception cref="ImageException">It is damaged, or does not hold that generation any more.</exception>
    public static IReadableTree Open(Layout layout, MountPlan plan, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var version = plan.Generation is { } number ? GenerationInfo.Read(plan.Archive, number) : GenerationInfo.Read(plan.Archive);
        INumberedTree tree = plan.Generation is { } past ? SquashFsTree.Open(plan.Archive, past) : ImageTree.Open(plan.Archive);
        try
        {
            return new PrefixView(layout, note).Show(tree, version, plan.Prefix);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }
}
