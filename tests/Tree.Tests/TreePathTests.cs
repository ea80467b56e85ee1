using CondaFuse.Tests.Shared;

namespace CondaFuse.Tree.Tests;

public sealed class TreePathTests : IDisposable
{
    private readonly MemoryTree _tree = new();

    public TreePathTests()
    {
        _tree.AddDirectory("lib");
        _tree.AddDirectory("lib/deep");
        _tree.AddFile("lib/deep/b", "b");
        _tree.AddFile("lib/deep/a", "a");
        _tree.AddSymlink("link", "lib");
    }

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("lib", EntryKind.Directory)]
    [InlineData("/lib//deep/a", EntryKind.File)]
    [InlineData("", EntryKind.Directory)]
    [InlineData("link", EntryKind.Symlink)]
    public void A_path_is_followed_name_by_name(string path, EntryKind kind)
    {
        Assert.True(_tree.TryFind(System.Text.Encoding.UTF8.GetBytes(path), out var found));
        Assert.Equal(kind, found.Kind);
    }

    [Theory]
    [InlineData("other")]
    [InlineData("lib/other/a")]
    [InlineData("lib/deep/a/below")]
    [InlineData("link/deep")]
    public void A_missing_path_or_one_through_a_non_directory_is_not_found(string path) =>
        Assert.False(_tree.TryFind(System.Text.Encoding.UTF8.GetBytes(path), out _));

    [Fact]
    public void A_collector_keeps_the_requested_entries()
    {
        Assert.True(_tree.TryFind("lib/deep"u8, out var deep));
        Assert.Equal(["a", "b"], EntryCollector.SortedOf(_tree, deep.Node).Select(entry => System.Text.Encoding.UTF8.GetString(entry.Name)));
        var few = new EntryCollector { Max = 1 };
        _tree.ReadDirectory(deep.Node, 0, few);
        Assert.Single(few.Entries);
        var directories = new EntryCollector { Kind = EntryKind.Directory };
        _tree.ReadDirectory(NodeId.Root, 0, directories);
        Assert.Equal("lib"u8, Assert.Single(directories.Entries).Name);
    }
}
