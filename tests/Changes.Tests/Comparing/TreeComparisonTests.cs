using System.Text;
using CondaFuse.Changes.Comparing;
using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Changes.Union;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Comparing;

public sealed class TreeComparisonTests : IDisposable
{
    private readonly ChangedTree _before;
    private readonly CountingTree _counted;
    private readonly ChangedTree _after;

    public TreeComparisonTests()
    {
        _before = ChangedTree.Open(new EmptyNumberedTree(), new MemoryChangeStore(), new TestClock());
        var t = new TreeSession(_before);
        t.MakeDirectory("lib");
        t.MakeDirectory("lib/numpy");
        t.MakeFile("lib/numpy/core.py", "core");
        t.MakeFile("lib/numpy/version.py", "1.0");
        t.MakeDirectory("lib/other");
        t.MakeFile("lib/other/deep.py", "deep");
        t.MakeDirectory("quiet");
        t.MakeFile("quiet/file", "quiet");
        t.MakeFile("a", "same");
        t.MakeSymlink("link", "a");
        t.Link("a", "twin");
        _counted = new CountingTree(_before);
        _after = ChangedTree.Open(_counted, new MemoryChangeStore(), new TestClock());
    }

    private TreeSession T => new(_after);

    private string[] Compare(bool knowing = true) =>
        [.. TreeComparison.Compare(_counted, _after, knowing ? _after.ChangedInodes : null).Select(Line)];

    private static string Line(TreeDifference difference)
    {
        var path = Encoding.UTF8.GetString(difference.Path.Span);
        return difference.OldPath is { } old
            ? $"{difference.Kind} {Encoding.UTF8.GetString(old.Span)} -> {path}{(difference.ContentChanged ? " changed" : "")}"
            : $"{difference.Kind} {path} {difference.Size}";
    }

    private void Expect(params string[] lines)
    {
        Assert.Equal(lines, Compare());
        Assert.Equal(lines, Compare(knowing: false));
    }

    [Fact]
    public void Equal_trees_do_not_differ() => Expect();

    [Fact]
    public void A_new_file_is_added_and_a_removed_one_removed()
    {
        T.MakeFile("lib/numpy/new.py", "news");
        T.Unlink("lib/numpy/core.py");
        Expect("Removed lib/numpy/core.py 4", "Added lib/numpy/new.py 4");
    }

    [Fact]
    public void A_written_file_is_changed_and_unrelated_directories_are_not_listed()
    {
        var file = T.Find("lib/other/deep.py");
        _after.Write(file, 0, "DEEP"u8, clearSetId: false);
        Expect("Changed lib/other/deep.py 4");
    }

    [Fact]
    public void Writing_the_same_content_is_no_difference()
    {
        T.Write("a", 0, "same");
        T.Unlink("lib/numpy/core.py");
        T.MakeFile("lib/numpy/core.py", "core");
        T.Rename("quiet/file", "moved");
        T.Rename("moved", "quiet/file");
        Expect();
    }

    [Fact]
    public void A_file_that_replaces_another_is_changed()
    {
        T.MakeFile("lib/numpy/tmp", "2.0");
        T.Rename("lib/numpy/tmp", "lib/numpy/version.py");
        Expect("Changed lib/numpy/version.py 3");
    }

    [Fact]
    public void A_renamed_directory_is_one_line_and_changes_in_it_have_the_new_path()
    {
        T.Rename("lib", "library");
        T.Write("library/numpy/core.py", 0, "CORE");
        T.MakeFile("library/numpy/new.py", "x");
        T.Unlink("library/other/deep.py");
        Expect("Removed lib/other/deep.py 4", "Renamed lib -> library", "Changed library/numpy/core.py 4", "Added library/numpy/new.py 1");
    }

    [Fact]
    public void A_renamed_file_may_have_other_content()
    {
        T.Rename("quiet/file", "loud");
        T.Write("loud", 0, "LOUD!");
        Expect("Renamed quiet/file -> loud changed");
    }

    [Fact]
    public void A_removed_tree_is_listed_completely_except_for_entries_moved_out()
    {
        T.Rename("lib/numpy/core.py", "core.py");
        T.Unlink("lib/numpy/version.py");
        T.RemoveDirectory("lib/numpy");
        Expect("Renamed lib/numpy/core.py -> core.py", "Removed lib/numpy 0", "Removed lib/numpy/version.py 3");
    }

    [Fact]
    public void A_new_tree_is_listed_completely()
    {
        T.MakeDirectory("new");
        T.MakeDirectory("new/er");
        T.MakeFile("new/er/est", "12");
        T.Rename("quiet", "new/quiet");
        Expect("Added new 0", "Added new/er 0", "Added new/er/est 2", "Renamed quiet -> new/quiet");
    }

    [Fact]
    public void Modes_and_xattrs_are_attributes_and_times_are_ignored()
    {
        _after.SetAttributes(T.Find("a"), new AttributeChanges { Permissions = 0x1C0 });
        _after.SetXattr(T.Find("quiet/file"), "user.x"u8, "1"u8, XattrMode.Any);
        _after.SetAttributes(T.Find("lib/other/deep.py"), new AttributeChanges { Modified = new Timestamp(5) });
        _after.SetAttributes(T.Find("lib"), new AttributeChanges { Permissions = 0x1C0 });
        _after.SetAttributes(NodeId.Root, new AttributeChanges { Permissions = 0x1C0 });
        Expect("Attributes  0", "Attributes lib 0", "Attributes quiet/file 5", "Attributes twin 4"); // "twin" and "a" are one file
    }

    [Fact]
    public void A_name_that_became_another_kind_is_changed_or_replaced()
    {
        T.Unlink("link");
        T.MakeFile("link", "file now");
        T.Unlink("a");
        T.MakeDirectory("a");
        Expect("Added a 0", "Removed a 4", "Changed link 8");
    }

    [Fact]
    public void A_symlink_to_elsewhere_is_changed()
    {
        T.Unlink("link");
        T.MakeSymlink("link", "b");
        Expect("Changed link 0");
    }

    [Fact]
    public void Hard_links_are_added_and_removed_separately()
    {
        T.Unlink("twin");
        T.Link("a", "triplet");
        T.Link("a", "quadruplet");
        Expect("Renamed twin -> quadruplet", "Added triplet 4"); // of several names of one file, the first in the listing
    }

    [Fact]
    public void Unchanged_directories_are_not_read()
    {
        T.MakeFile("lib/numpy/new.py", "x");
        T.Rename("a", "b");
        _counted.Listed.Clear();
        Compare();
        Assert.DoesNotContain(_before.GetAttributes(new TreeSession(_before).Find("quiet")).Inode, _counted.Listed);
        Assert.DoesNotContain(_before.GetAttributes(new TreeSession(_before).Find("lib/other")).Inode, _counted.Listed);
    }

    public void Dispose() => _after.Dispose();

    /// <summary>Remembers which directories were listed.</summary>
    private sealed class CountingTree(ChangedTree tree) : INumberedTree
    {
        public HashSet<ulong> Listed { get; } = [];

        public TreeTotals Totals => tree.Totals;

        public ulong HighestInode => tree.HighestInode;

        public bool TryFindInode(ulong number, out NodeId node) => tree.TryFindInode(number, out node);

        public Attributes GetAttributes(NodeId node) => tree.GetAttributes(node);

        public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes) =>
            tree.TryLookup(directory, name, out attributes);

        public ulong GetParentInode(NodeId directory) => tree.GetParentInode(directory);

        public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
        {
            Listed.Add(tree.GetAttributes(directory).Inode);
            tree.ReadDirectory(directory, after, sink);
        }

        public int Read(NodeId file, long offset, Span<byte> destination) => tree.Read(file, offset, destination);

        public int ReadLink(NodeId symlink, Span<byte> destination) => tree.ReadLink(symlink, destination);

        public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length) =>
            tree.TryGetXattr(node, name, destination, out length);

        public int ListXattrs(NodeId node, Span<byte> destination) => tree.ListXattrs(node, destination);

        public void Dispose() => tree.Dispose();
    }
}
