using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Changes.Union;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Union;

public sealed class FailureTests : IDisposable
{
    private readonly UnionFixture _union = new();

    private TreeSession T => _union.T;

    public void Dispose() => _union.Dispose();

    [Fact]
    public void An_operation_whose_record_cannot_be_written_changes_nothing()
    {
        T.MakeFile("first", "x");
        var directory = T.Find("lib");
        var before = _union.Text();
        var highest = _union.Tree.HighestInode;
        _union.Store.Fails = () => new TreeException(TreeFailure.NoSpace, "full");
        foreach (var operation in (Action[])
        [
            () => T.MakeFile("second"), () => T.MakeDirectory("lib/d"), () => T.MakeSymlink("s", "t"), () => T.Link("lib/a", "lib/z"),
            () => T.Unlink("lib/a"), () => T.Rename("lib/a", "lib/b"), () => T.Rename("lib/a", "lib/b", RenameMode.Exchange),
            () => T.Write("lib/a", 0, "x"), () => T.Write("first", 0, "x"),
            () => T.Tree.CreateUnnamed(directory, new NewEntry(EntryKind.File, 0, 0, 0)),
            () => T.Tree.SetAttributes(directory, new AttributeChanges { Permissions = 0 }),
            () => T.Tree.SetAttributes(T.Find("lib/big"), new AttributeChanges { Size = 5 }),
            () => T.Tree.CopyRange(T.Find("lib/a"), 0, T.Find("first"), 0, 5), () => T.Tree.Allocate(T.Find("lib/a"), 0, 1, AllocateMode.PunchHole),
            () => T.Tree.SetXattr(directory, "user.x"u8, "y"u8, XattrMode.Any), () => T.Tree.RemoveXattr(T.Find("lib/c"), "user.kept"u8),
        ])
        {
            Assert.Equal(TreeFailure.NoSpace, Assert.Throws<TreeException>(operation).Failure);
            Assert.Equal(before, _union.Text());
        }

        _union.Store.Fails = () => null;
        Assert.Equal(highest, _union.Tree.HighestInode);
        Assert.Equal(highest + 1, T.MakeFile("second").Inode);
    }

    [Fact]
    public void A_tree_with_another_writer_is_read_only_until_that_is_done()
    {
        _union.Store.Fails = () => new TreeException(TreeFailure.ReadOnly, "another process writes");
        Assert.Equal(TreeFailure.ReadOnly, Assert.Throws<TreeException>(() => T.MakeFile("x")).Failure);
        Assert.Equal(TreeFailure.ReadOnly, Assert.Throws<TreeException>(() => T.Write("lib/a", 0, "x")).Failure);
        Assert.Equal(0, _union.Store.Records);
        Assert.Equal("content of a", T.Read("lib/a"));
        _union.Store.Fails = () => null;
        T.Write("lib/a", 0, "C");
        Assert.Equal("Content of a", T.Read("lib/a"));
    }

    [Fact]
    public void Without_free_inode_numbers_there_is_no_space()
    {
        using var tree = ChangedTree.Open(new EmptyNumberedTree(), new Exhausted(), _union.Clock);
        var session = new TreeSession(tree);
        Assert.Equal(uint.MaxValue, session.MakeFile("last").Inode);
        Assert.Equal("last", Assert.Single(session.List("")));
        Assert.Equal(TreeFailure.NoSpace, Assert.Throws<TreeException>(() => session.MakeFile("none")).Failure);
    }

    [Fact]
    public void Extended_attributes_have_limits()
    {
        var file = T.Find("lib/a");
        void Fails(TreeFailure failure, string name, int length) =>
            Assert.Equal(
                failure, Assert.Throws<TreeException>(() => T.Tree.SetXattr(file, TreeSession.Utf8(name), new byte[length], XattrMode.Any)).Failure);
        Fails(TreeFailure.NoSpace, "user.x", 65537);
        Fails(TreeFailure.RangeTooSmall, "user." + new string('n', 251), 1);
        Fails(TreeFailure.Unsupported, "system.posix_acl_access", 1);
        Fails(TreeFailure.Unsupported, "user.", 1);
        T.Tree.SetXattr(file, "user.x"u8, new byte[65536], XattrMode.Any);
        for (var i = 0; i < 255; i++)
        {
            T.Tree.SetXattr(file, TreeSession.Utf8($"user.{i:d3}" + new string('n', 247)), [], XattrMode.Any);
        }

        Fails(TreeFailure.NoSpace, "user." + new string('o', 250), 0);
        _union.Reopen();
        Assert.Equal(256, _union.T.ListXattrs("lib/a").Length);
        T.Tree.SetXattr(_union.T.Find("lib/link"), "trusted.of.link"u8, "1"u8, XattrMode.Any);
    }

    [Fact]
    public void Clearing_set_ids_takes_the_file_capability_of_the_image()
    {
        var before = T.Stat("lib/c");
        T.Tree.Write(before.Node, 0, "C"u8, clearSetId: false);
        Assert.Equal(["security.capability", "user.kept"], T.ListXattrs("lib/c"));
        T.Tree.Write(before.Node, 0, "C"u8, clearSetId: true);
        Assert.Equal(["user.kept"], T.ListXattrs("lib/c"));
        _union.Reopen();
        Assert.Equal(["user.kept"], _union.T.ListXattrs("lib/c"));
    }

    private sealed class Exhausted : IChangeStore
    {
        private readonly MemoryChangeStore _inner = new();

        public ulong NextInode => uint.MaxValue;

        public FreeSpace FreeSpace => _inner.FreeSpace;

        public void Replay(IChangeSink sink) => _inner.Replay(sink);

        public void ReadData(long offset, Span<byte> destination) => _inner.ReadData(offset, destination);

        public IChangeLog BeginWriting(ulong nextInode) => _inner.BeginWriting(nextInode);

        public void Sync() => _inner.Sync();

        public void Dispose() => _inner.Dispose();
    }
}
