using CondaFuse.Changes.Comparing;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Store.Packages;

/// <summary>Translates a difference of two trees into packages.</summary>
public static class PackageDifferences
{
    /// <summary>The packages that differ, by name.</summary>
    /// <param name="before">The earlier tree.</param>
    /// <param name="after">The later tree.</param>
    /// <param name="prefix">The environment's directory in both; empty if it is the root.</param>
    /// <param name="differences">The paths that differ.</param>
    public static IReadOnlyList<PackageChange> Of(
        IReadableTree before, IReadableTree after, string prefix, IReadOnlyList<TreeDifference> differences) =>
        new PackageComparison(before, after, prefix).Compare(
            differences.Where(path => path.Kind is DifferenceKind.Removed or DifferenceKind.Renamed)
                .Select(path => (path.OldPath ?? path.Path, path.EntryKind)),
            differences.Where(path => path.Kind is DifferenceKind.Added or DifferenceKind.Renamed).Select(path => (path.Path, path.EntryKind)));
}
