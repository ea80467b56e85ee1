using System.Text;
using CondaFuse.Changes.Union;
using CondaFuse.Relocation;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Union;

/// <summary>The first change on a view records what the view shows, so that the changes are based on the tree below.</summary>
public sealed class ViewAdoptionTests : IDisposable
{
    private const string Old = "/old/env";
    private const string New = "/a/new/environment";

    private readonly MemoryTree _image = new();
    private readonly MemoryChangeStore _store = new();
    private readonly NodeId _text;
    private readonly NodeId _binary;
    private readonly NodeId _link;
    private readonly string _program;

    public ViewAdoptionTests()
    {
        _image.AddDirectory("conda-meta");
        _text = _image.AddFile("text", $"prefix={Old}\n");
        _program = new string('x', 9000) + $"{Old}/lib" + new string('\0', 40) + new string('y', 9000);
        _binary = _image.AddFile("binary", _program);
        _link = _image.AddSymlink("link", $"{Old}/text");
        _image.AddFile("other", "other");
    }

    public void Dispose()
    {
        _image.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void Nothing_is_written_before_the_first_change()
    {
        using var tree = Open();
        Expect(tree, New);
        Assert.Throws<TreeException>(() => tree.Create(NodeId.Root, "text"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0)));
        Assert.Equal(0, _store.Records);
    }

    [Fact]
    public void After_the_first_change_the_tree_reads_as_before_and_the_changes_build_on_the_tree_below()
    {
        using (var tree = Open())
        {
            var before = Describe(tree);
            tree.Create(NodeId.Root, "new"u8, new NewEntry(EntryKind.File, 0x1A4, 7, 7));
            Expect(tree, New);
            Assert.Equal(before, Describe(tree).Where(line => !line.StartsWith("new ", StringComparison.Ordinal)));
            Assert.Equal($"{New}\n", Text(tree, "conda-meta/condafuse-prefix"));
        }

        using var again = ChangedTree.Open(new NumberedMemoryTree(_image), _store.Reopen(), TimeProvider.System);
        Expect(again, New);
        Assert.True(again.TryFind("new"u8, out _));
    }

    [Fact]
    public void A_relocated_file_with_the_first_change_keeps_its_new_content()
    {
        using (var tree = Open())
        {
            Assert.True(tree.TryFind("text"u8, out var text));
            tree.Write(text.Node, text.Size, "more"u8, clearSetId: false);
            Assert.Equal($"prefix={New}\nmore", Text(tree, "text"));
        }

        using var again = ChangedTree.Open(new NumberedMemoryTree(_image), _store.Reopen(), TimeProvider.System);
        Assert.Equal($"prefix={New}\nmore", Text(again, "text"));
    }

    [Fact]
    public void Only_differing_parts_of_content_with_the_same_length_are_written()
    {
        using var tree = Open();
        tree.Create(NodeId.Root, "new"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0));
        Assert.InRange(_store.DataLength, 1, 4096 + (4 * New.Length) + 100);
    }

    [Fact]
    public void An_open_symlink_keeps_showing_the_new_target()
    {
        using var tree = Open();
        Assert.True(tree.TryFind("link"u8, out var link));
        tree.Create(NodeId.Root, "new"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0));
        Assert.Equal($"{New}/text", Target(tree, link.Node));
        Assert.Equal(New.Length + 5, tree.GetAttributes(link.Node).Size);
        Assert.True(tree.TryFind("link"u8, out var replaced));
        Assert.NotEqual(link.Inode, replaced.Inode);
        Assert.Equal($"{New}/text", Target(tree, replaced.Node));
    }

    [Fact]
    public void A_failure_changes_nothing_and_the_next_change_tries_again()
    {
        using var tree = Open();
        var appends = 0;
        _store.Fails = () => ++appends == 6 ? new TreeException(TreeFailure.NoSpace, "full") : null;
        Assert.Throws<TreeException>(() => tree.Create(NodeId.Root, "new"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0)));
        Assert.Equal(0, _store.Records);
        Expect(tree, New);
        _store.Fails = () => null;
        tree.Create(NodeId.Root, "new"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0));
        Expect(tree, New);
    }

    [Fact]
    public void A_commit_sees_the_tree_below_as_the_base()
    {
        using var tree = Open();
        tree.Create(NodeId.Root, "new"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0));
        using var pending = tree.BeginCommit(isLast: true);
        Assert.IsType<NumberedMemoryTree>(pending.Tree.Base);
        Assert.Equal($"prefix={New}\n", Text(pending.Tree, "text"));
    }

    [Fact]
    public void Pending_changes_are_carried_over_to_another_prefix()
    {
        using (var tree = Open())
        {
            tree.Create(NodeId.Root, "new"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0));
        }

        const string third = "/3";
        var later = _store.Reopen();
        using (var tree = ChangedTree.Open(new NumberedMemoryTree(_image), later, TimeProvider.System))
        {
            Assert.True(tree.TryFind("link"u8, out var link));
            tree.Adopt(new RelocatedTree(tree, Table(New, link.Inode, hasMark: true), third));
            Expect(tree, third);
            Assert.True(tree.TryFind("new"u8, out _));
        }

        using var again = ChangedTree.Open(new NumberedMemoryTree(_image), later.Reopen(), TimeProvider.System);
        Expect(again, third);
    }

    private void Expect(IReadableTree tree, string prefix)
    {
        Assert.Equal($"prefix={prefix}\n", Text(tree, "text"));
        Assert.Equal(_program.Length, Text(tree, "binary").Length);
        Assert.Equal(Binary(prefix), Text(tree, "binary"));
        Assert.True(tree.TryFind("link"u8, out var link));
        Assert.Equal(($"{prefix}/text", prefix.Length + 5L), (Target(tree, link.Node), link.Size));
        Assert.Equal("other", Text(tree, "other"));
    }

    private static List<string> Describe(IReadableTree tree) =>
        [.. EntryCollector.SortedOf(tree, NodeId.Root).Select(entry =>
        {
            var found = tree.GetAttributes(entry.Node);
            return $"{Encoding.UTF8.GetString(entry.Name)} {found.Kind} {found.Size} {found.Modified} {found.Permissions} {found.UserId}";
        })];

    private string Binary(string prefix) => _program.Replace(
        $"{Old}/lib{new string('\0', prefix.Length - Old.Length is > 0 and var grown ? grown : 0)}",
        $"{prefix}/lib{new string('\0', Math.Max(0, Old.Length - prefix.Length))}",
        StringComparison.Ordinal);

    private static string Text(IReadableTree tree, string path)
    {
        Assert.True(tree.TryFind(Encoding.UTF8.GetBytes(path), out var found), path);
        var content = new byte[found.Size];
        Assert.Equal(content.Length, tree.Read(found.Node, 0, content));
        return Encoding.UTF8.GetString(content);
    }

    private static string Target(IReadableTree tree, NodeId link)
    {
        var target = new byte[4096];
        return Encoding.UTF8.GetString(target, 0, tree.ReadLink(link, target));
    }

    private ChangedTree Open() => ChangedTree.Open(
        new RelocatedTree(new NumberedMemoryTree(_image), Table(Old, _image.GetAttributes(_link).Inode), New), _store, TimeProvider.System);

    private PrefixTable Table(string prefix, ulong link, bool hasMark = false)
    {
        var text = PrefixText.Of(prefix);
        var room = PrefixText.Of(Old + new string('p', 30));
        var program = Encoding.UTF8.GetBytes(Binary(prefix));
        return new PrefixTable(
            [Encoding.UTF8.GetBytes(prefix)],
            [
                new PrefixEntry(_image.GetAttributes(_text).Inode, EntryKind.File, 0, "prefix=\n".Length + prefix.Length, "text")
                {
                    Spots = new PrefixSpots { Spots = [new PrefixSpot("prefix=".Length, PrefixForm.Plain)] },
                },
                new PrefixEntry(_image.GetAttributes(_binary).Inode, EntryKind.File, 0, program.Length, "binary")
                {
                    Spots = PrefixFinder.InBinary(program, text, room)!,
                },
                new PrefixEntry(link, EntryKind.Symlink, 0, prefix.Length + 5, "link")
                {
                    Spots = new PrefixSpots { Spots = [new PrefixSpot(0, PrefixForm.Plain)] },
                    Directory = _image.GetAttributes(NodeId.Root).Inode,
                    Name = "link"u8.ToArray(),
                },
            ],
            _image.GetAttributes(_image.Find("conda-meta")).Inode,
            hasMark);
    }
}
