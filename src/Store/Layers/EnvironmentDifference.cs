using CondaFuse.Changes.Comparing;
using CondaFuse.Changes.Union;
using CondaFuse.Images.SquashFs;
using CondaFuse.Store.Packages;
using CondaFuse.Tree;

namespace CondaFuse.Store.Layers;

/// <summary>What the changes of an environment make of its image.</summary>
/// <param name="State">The image and the place of its changes.</param>
/// <param name="PendingChanges">Operations that are kept.</param>
/// <param name="PendingBytes">Bytes that they take.</param>
/// <param name="Paths">What differs.</param>
/// <param name="Packages">What that means in packages.</param>
public sealed record EnvironmentDifference(
    ArchiveState State, long PendingChanges, long PendingBytes, IReadOnlyList<TreeDifference> Paths, IReadOnlyList<PackageChange> Packages)
{
    private const int Attempts = 3;

    /// <summary>Reads image and changes as they are now. A server that writes them at the same time is not disturbed.</summary>
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
                // Its writer has just put other files in their place.
                Thread.Sleep(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private static EnvironmentDifference ReadOnce(Layout layout, Archive archive, TimeProvider clock)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        if (!state.Place.HasChanges)
        {
            return new EnvironmentDifference(state, 0, 0, [], []);
        }

        var changes = KeptChanges.Open(state, clock);
        using var tree = ChangedTree.Open(SquashFsTree.Open(state.Image), changes, clock);
        var paths = TreeComparison.Compare(tree.Base, tree, tree.ChangedInodes);
        var packages = new PackageComparison(tree.Base, tree, PrefixLocator.Locate(tree, archive.Name.Value)).Compare(paths);
        return new EnvironmentDifference(state, changes.Summary.Changes, state.Place.ReadBytes(), paths, packages);
    }
}
