using System.Text;
using CondaFuse.Changes.Comparing;
using CondaFuse.Store.Creating;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Creating;

public class OutsideLinksTests
{
    [Theory]
    [InlineData("/home/user/pkgs/a-1-0/lib/a")]
    [InlineData("/envs/sample2/lib/a")]
    [InlineData("../../a")]
    [InlineData("../lib/../../../a")]
    [InlineData("a/../../../a")]
    public void A_link_to_the_outside_is_named(string target) =>
        Assert.Contains($"lib/link -> {target}", Assert.Single(Warnings(target)), StringComparison.Ordinal);

    [Theory]
    [InlineData("a")]
    [InlineData("./a//b")]
    [InlineData("../bin/a")]
    [InlineData("../lib/../../sample/a/..", true)]
    [InlineData("/envs/sample/lib/a")]
    [InlineData("/envs/sample")]
    public void A_link_that_stays_inside_is_not(string target, bool leaves = false) => Assert.Equal(leaves ? 1 : 0, Warnings(target).Count());

    [Fact]
    public void Only_a_few_of_many_are_named()
    {
        var tree = new MemoryTree();
        for (var i = 0; i < 5; i++)
        {
            tree.AddSymlink($"link{i}", "/elsewhere");
        }

        var warning = Assert.Single(ExternalLinks.Warn(tree, "/envs/sample"));
        Assert.StartsWith("5 symlinks point outside the environment", warning, StringComparison.Ordinal);
        Assert.EndsWith("link2 -> /elsewhere, and 2 more", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_added_or_changed_links_are_checked()
    {
        var tree = new MemoryTree();
        tree.AddDirectory("lib");
        tree.AddSymlink("lib/added", "../../elsewhere");
        tree.AddSymlink("lib/inside", "../bin");
        tree.AddSymlink("lib/old", "/elsewhere");
        TreeDifference[] changes =
        [
            Difference(DifferenceKind.Added, "lib/added"), Difference(DifferenceKind.Added, "lib/inside"),
            Difference(DifferenceKind.Removed, "lib/gone"),
        ];

        var warning = Assert.Single(ExternalLinks.Warn(tree, "/envs/sample", changes));
        Assert.EndsWith(": lib/added -> ../../elsewhere", warning, StringComparison.Ordinal);
    }

    private static TreeDifference Difference(DifferenceKind kind, string path) => new(kind, Encoding.UTF8.GetBytes(path), EntryKind.Symlink, 0);

    private static IEnumerable<string> Warnings(string target)
    {
        var tree = new MemoryTree();
        tree.AddDirectory("lib");
        tree.AddSymlink("lib/link", target);
        return ExternalLinks.Warn(tree, "/envs/sample");
    }
}
