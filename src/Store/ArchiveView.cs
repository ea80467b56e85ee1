using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Opens archives for a mount at its prefix, without the changes beside them.</summary>
public static class ArchiveView
{
    /// <summary>Opens an archive.</summary>
    /// <param name="layout">The paths of files and folders.</param>
    /// <param name="plan">The archive, the generation and the prefix.</param>
    /// <param name="note">Receives notes for the user.</param>
    /// <exception cref="ImageException">It is damaged, or no longer holds the generation.</exception>
    public static IReadableTree Open(Layout layout, MountPlan plan, Action<string> note)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var version = plan.Generation is { } number
            ? ListedGeneration.Past(plan.Archive, GenerationInfo.Read(plan.Archive, number))
            : ListedGeneration.Present(plan.Archive, GenerationInfo.Read(plan.Archive));
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
