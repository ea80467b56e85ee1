using CondaFuse.Changes.Comparing;
using CondaFuse.Packing.Metadata;
using CondaFuse.Store.Packages;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests;

public class PackageDifferencesTests
{
    [Fact]
    public void Records_that_come_and_go_are_added_removed_and_updated_packages()
    {
        var changes = PackageDifferences.Of(
            new EmptyNumberedTree(),
            new EmptyNumberedTree(),
            "env",
        [
            Difference(DifferenceKind.Removed, "env/conda-meta/numpy-1.0-0.json"),
            Difference(DifferenceKind.Added, "env/conda-meta/numpy-2.0-1.json"),
            Difference(DifferenceKind.Added, "env/conda-meta/six-1.16-0.json"),
            Difference(DifferenceKind.Removed, "env/conda-meta/old-3-0.json"),
            Difference(DifferenceKind.Changed, "env/conda-meta/same-1-0.json"),
            Difference(DifferenceKind.Removed, "env/conda-meta/rebuilt-1-0.json"),
            Difference(DifferenceKind.Added, "env/conda-meta/rebuilt-1-1.json"),
            Difference(DifferenceKind.Added, "conda-meta/elsewhere-1-1.json"),
        ]);
        Assert.Equal(
            [
                new PackageChange("numpy", "conda", "1.0", "2.0"),
                new PackageChange("old", "conda", "3", After: null),
                new PackageChange("six", "conda", Before: null, "1.16"),
            ],
            changes);
    }

    [Fact]
    public void A_python_package_of_conda_is_listed_once()
    {
        var changes = PackageDifferences.Of(
            new EmptyNumberedTree(),
            new EmptyNumberedTree(),
            string.Empty,
        [
            Difference(DifferenceKind.Added, "conda-meta/python-dateutil-2.8.2-py_0.json"),
            Difference(DifferenceKind.Added, "lib/python3.11/site-packages/Python_dateutil-2.8.2.dist-info", EntryKind.Directory),
            Difference(DifferenceKind.Removed, "conda-meta/six-1.15-0.json"),
            Difference(DifferenceKind.Added, "lib/python3.11/site-packages/six-1.16.dist-info", EntryKind.Directory),
        ]);
        Assert.Equal(
            [
                new PackageChange("python-dateutil", "conda", Before: null, "2.8.2"),
                new PackageChange("six", "conda", "1.15", After: null),
                new PackageChange("six", "python", Before: null, "1.16"),
            ],
            changes);
    }

    private static TreeDifference Difference(DifferenceKind kind, string path, EntryKind entry = EntryKind.File) =>
        new(kind, System.Text.Encoding.UTF8.GetBytes(path), entry, 1);
}
