using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Union;

/// <summary>Operations on the image's entries cost one record, and do not read content.</summary>
public sealed class RecordsOnlyTests : IDisposable
{
    private readonly UnionFixture _union = new();

    private TreeSession T => _union.T;

    public void Dispose() => _union.Dispose();

    [Fact]
    public void Renaming_linking_removing_and_setting_attributes_read_no_content_of_the_image()
    {
        var operations = new List<Action>
        {
            () => T.Rename("lib/a", "lib/moved"),
            () => T.Rename("lib/b", "lib/moved"),
            () => T.Rename("lib/deep", "deeper"),
            () => T.Rename("deeper", "lib/c", RenameMode.Exchange),
            () => T.Rename("lib/c", "deep2"),
            () => T.Link("lib/big", "deep2/big2"),
            () => T.Unlink("lib/big"),
            () => T.Unlink("deep2/file7"),
            () => T.Tree.SetAttributes(T.Find("deep2/file8"), new AttributeChanges { Permissions = 0x1FF }),
            () => T.Tree.SetAttributes(T.Find("deep2/file8"), new AttributeChanges { UserId = 7, ClearSetId = true }),
            () => T.Tree.SetAttributes(T.Find("deep2/big2"), new AttributeChanges { Modified = new Timestamp(5) }),
            () => T.Tree.SetAttributes(T.Find("deep2/big2"), new AttributeChanges { Size = 70_000 }),
            () => T.Tree.SetXattr(T.Find("deep2/file9"), "user.x"u8, "1"u8, XattrMode.Any),
            () => T.Tree.CopyRange(T.Find("deep2/big2"), 5, T.Find("deep2/file10"), 0, 60_000),
            () => T.Tree.Allocate(T.Find("deep2/big2"), 100, 50, AllocateMode.PunchHole),
            () => T.Tree.Allocate(T.Find("deep2/big2"), 200, 50, AllocateMode.Collapse),
            () => T.Tree.Allocate(T.Find("deep2/big2"), 300, 50, AllocateMode.Insert),
        };
        foreach (var operation in operations)
        {
            operation();
        }

        Assert.Equal(operations.Count, _union.Store.Records);
        Assert.Equal(0, _union.Base.ContentReads);
        Assert.Equal(0, _union.Store.DataLength);
        Assert.Equal("content of b", T.Read("lib/moved"));
        byte[] expected = [.. UnionFixture.Big()[..70_000]];
        expected.AsSpan(100, 50).Clear();
        expected = [.. expected[..200], .. expected[250..300], .. expected[300..350], .. expected[350..]];
        expected = [.. expected[..300], .. new byte[50], .. expected[300..]];
        Assert.Equal(expected, T.ReadBytes(T.Find("deep2/big2")));
        Assert.Equal(UnionFixture.Big()[5..60_005], T.ReadBytes(T.Find("deep2/file10")));
        Assert.True(_union.Base.ContentReads > 0);
    }

    [Fact]
    public void Removing_a_whole_directory_reads_no_content()
    {
        foreach (var name in T.List("lib/deep"))
        {
            T.Unlink($"lib/deep/{name}");
        }

        T.RemoveDirectory("lib/deep");
        Assert.Equal(0, _union.Base.ContentReads);
        Assert.Equal(301, _union.Store.Records);
    }

    [Fact]
    public void A_partial_write_stores_only_what_was_written()
    {
        T.Write("lib/big", 500_000, "twelve bytes");
        Assert.Equal(12, _union.Store.DataLength);
        Assert.Equal(0, _union.Base.ContentReads);
        Assert.Equal(1, Runs("lib/big", ContentOrigin.Written));
        Assert.Equal(2, Runs("lib/big", ContentOrigin.Base));
        T.MakeFile("lib/row");
        for (var i = 0; i < 100; i++)
        {
            T.Write("lib/row", i * 10, "0123456789");
        }

        Assert.Equal(1, Runs("lib/row", ContentOrigin.Written));
        Assert.Equal(12 + 1000, _union.Store.DataLength);
    }

    [Fact]
    public void A_commit_knows_unchanged_entries_and_the_origin_of_content()
    {
        var tree = _union.Tree;
        Assert.Empty(tree.ChangedInodes);
        Assert.False(tree.HasChanges);
        T.Write("lib/big", 10, "xyz");
        T.Tree.SetAttributes(T.Find("lib/big"), new AttributeChanges { Size = UnionFixture.BigLength + 5 });
        T.Tree.CopyRange(T.Find("lib/big"), 20, T.MakeFile("lib/copy").Node, 0, 30);
        var (big, copy) = (T.Find("lib/big"), T.Find("lib/copy"));
        var number = tree.GetAttributes(big).Inode;
        Assert.Equal(
            [
                new(0, 10, ContentOrigin.Base, number, 0), new(10, 3, ContentOrigin.Written),
                new(13, UnionFixture.BigLength - 13, ContentOrigin.Base, number, 13), new(UnionFixture.BigLength, 5, ContentOrigin.Zeros),
            ],
            tree.GetContent(big));
        Assert.Equal([new(0, 30, ContentOrigin.Base, number, 20)], tree.GetContent(copy));
        Assert.Equal([new(0, 12, ContentOrigin.Base, T.Stat("lib/a").Inode, 0)], tree.GetContent(T.Find("lib/a")));
        Assert.False(tree.IsUnchanged(big));
        Assert.False(tree.IsUnchanged(T.Find("lib")));
        Assert.True(tree.IsUnchanged(T.Find("lib/a")));
        Assert.True(tree.IsUnchanged(NodeId.Root));
        Assert.Equal(new[] { number, tree.GetAttributes(copy).Inode, T.Stat("lib").Inode }.Order(), tree.ChangedInodes.Order());
        Assert.True(tree.TryFindInode(number, out var found));
        Assert.Equal(big, found);
        Assert.False(tree.TryFindInode(tree.HighestInode + 1, out _));
    }

    private int Runs(string path, ContentOrigin origin) => _union.Tree.GetContent(T.Find(path)).Count(piece => piece.Origin == origin);

    [Fact]
    public void A_repeatedly_doubled_file_shares_a_limited_number_of_runs()
    {
        var file = T.MakeFile("doubled").Node;
        T.Tree.Write(file, 0, "x"u8, clearSetId: false);
        for (var length = 1L; length < 1 << 21; length *= 2)
        {
            for (var done = 0L; done < length;)
            {
                var copied = T.Tree.CopyRange(file, done, file, length + done, length - done);
                Assert.InRange(copied, 1, length - done);
                done += copied;
            }
        }

        Assert.InRange(_union.Tree.State.Runs, 2, (1 << 17) + 4);
        Assert.InRange(_union.Store.DataLength, 1, 1 << 22);
        var read = new byte[1 << 21];
        Assert.Equal(read.Length, T.Tree.Read(file, 0, read));
        Assert.Equal(-1, read.AsSpan().IndexOfAnyExcept((byte)'x'));
        T.Tree.Write(file, 0, new byte[1 << 21], clearSetId: false);
        Assert.Equal(1, _union.Tree.State.Runs);
    }

    [Fact]
    public void Extended_attributes_in_memory_are_limited()
    {
        var value = new byte[64 << 10];
        var set = 0;
        var failure = Assert.Throws<TreeException>((Action)(() =>
        {
            for (; ; set++)
            {
                T.Tree.SetXattr(T.Find("lib/a"), System.Text.Encoding.ASCII.GetBytes($"user.{set}"), value, XattrMode.Any);
            }
        }));
        Assert.Equal(TreeFailure.NoSpace, failure.Failure);
        Assert.InRange(set, 400, 512);
        var node = T.Find("lib/a");
        T.Unlink("lib/a");
        T.Tree.Forget(node);
        Assert.Equal(0, _union.Tree.State.XattrBytes);
        T.Tree.SetXattr(T.Find("lib/b"), "user.x"u8, value, XattrMode.Any);
    }
}
