using CondaFuse.Changes.Comparing;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Packing.Metadata;
using CondaFuse.Store.Packages;
using CondaFuse.Tree;

namespace CondaFuse.Store.Layers;

/// <summary>The effect of an environment's changes on its image.</summary>
/// <param name="State">The image, and the location of its changes.</param>
/// <param name="PendingChanges">Number of uncommitted operations.</param>
/// <param name="PendingBytes">Their size in bytes.</param>
/// <param name="Paths">The paths that differ.</param>
/// <param name="Packages">The packages that differ.</param>
public sealed record EnvironmentDifference(
    ArchiveState State, long PendingChanges, long PendingBytes, IReadOnlyList<TreeDifference> Paths, IReadOnlyList<PackageChange> Packages)
{
    private const int Attempts = 3;

    /// <summary>Reads image and changes in their current state, without disturbing a server that writes them.</summary>
    public static EnvironmentDifference Read(Layout layout, Archive archive, TimeProvider clock)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return ReadOnce(layout, archive, clock);
            }
            catch (TreeException) when (attempt < Attempts)
            {
                // The writer has just replaced the files.
                Thread.Sleep(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>Compares two generations of an archive.</summary>
    /// <param name="layout">The paths of files and folders.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="before">Number of the earlier generation; any order is allowed.</param>
    /// <param name="after">Number of the other generation; null for the current state.</param>
    /// <param name="threads">Threads that read tables.</param>
    public static EnvironmentDifference Between(Layout layout, Archive archive, long before, long? after, int threads)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        var last = after ?? state.Version.Generation;
        using var old = SquashFsTree.Open(state.Image, before);
        using var now = SquashFsTree.Open(state.Image, last);
        var listed = ListedGeneration.Past(state.Image, GenerationInfo.Read(state.Image, before));
        var shown = new PrefixView(layout, _ => { }).ShowAlike(old, listed, now, archive.Name.Value);
        var paths = WithoutMark(TreeComparison.Compare(shown, now, ImageHistory.FindDiffering(state.Image, before, last, threads)));
        var packages = PackageDifferences.Of(old, now, PrefixLocator.Locate(now, archive.Name.Value), paths);
        return new EnvironmentDifference(state, 0, 0, paths, packages);
    }

    private static List<TreeDifference> WithoutMark(IReadOnlyList<TreeDifference> paths) =>
        [.. paths.Where(path => !PrefixView.IsMark(path.Path.Span))];

    private static EnvironmentDifference ReadOnce(Layout layout, Archive archive, TimeProvider clock)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        if (!state.Place.HasChanges)
        {
            return new EnvironmentDifference(state, 0, 0, [], []);
        }

        var changes = KeptChanges.Open(state, clock);
        using var tree = ChangedTree.Open(ImageTree.Open(state.Image), changes, clock);
        var listed = ListedGeneration.Present(state.Image, state.Version);
        var shown = new PrefixView(layout, _ => { }).ShowAlike(tree.Base, listed, tree, archive.Name.Value);
        var paths = WithoutMark(TreeComparison.Compare(shown, tree, tree.ChangedInodes));
        var packages = PackageDifferences.Of(tree.Base, tree, PrefixLocator.Locate(tree, archive.Name.Value), paths);
        return new EnvironmentDifference(state, changes.Summary.Changes, state.Place.ReadBytes(), paths, packages);
    }
}
