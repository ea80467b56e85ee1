using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Changes.Tests.Crash;
using CondaFuse.Changes.Union;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Union;

public sealed class CommitFailureTests
{
    private readonly RecordedStorage _storage = new();
    private readonly TestFolder _folder;

    public CommitFailureTests() => _folder = new TestFolder(_storage);

    [Fact]
    public void A_commit_that_cannot_begin_leaves_nothing_behind_and_open_files_unchanged()
    {
        using var tree = Mount(new EmptyNumberedTree());
        var session = new TreeSession(tree);
        var open = session.MakeFile("removed", "still open").Node;
        session.Unlink("removed");
        var full = false;
        _storage.Fails = made => full && made.Kind == StorageEventKind.Write && made.Content!.Length < 60 ? Errno.ENOSPC : Errno.None;
        full = true;
        Assert.Equal(TreeFailure.NoSpace, Assert.Throws<TreeException>(() => tree.BeginCommit(isLast: false)).Failure);
        full = false;
        Assert.Equal("still open", session.Read(open));
        session.MakeFile("later", "later");
        tree.Rewrite();
        using var commit = tree.BeginCommit(isLast: false);
        Assert.Equal(["later"], new TreeSession(tree).List(""));
    }

    [Fact]
    public void If_the_tree_cannot_continue_with_the_image_its_changes_fit_at_the_next_mount()
    {
        FrozenTree image;
        Guid merged;
        using (var tree = Mount(new EmptyNumberedTree()))
        {
            var session = new TreeSession(tree);
            session.MakeFile("file", "sealed");
            using (var commit = tree.BeginCommit(isLast: false))
            {
                (image, merged) = (new FrozenTree(commit.Tree), commit.Segment);
                session.Write("file", 0, "SEA");
                Assert.ThrowsAny<TreeException>(() => commit.Complete(new EmptyNumberedTree(), 2));
            }

            Assert.Equal("SEAled", session.Read("file"));
            session.MakeFile("other", "after");
            Assert.Throws<InvalidOperationException>(tree.Rewrite);
            Assert.Throws<InvalidOperationException>(() => tree.BeginCommit(isLast: false));
        }

        _folder.Base = _folder.Base with { Generation = 2, Merged = merged };
        using var next = Mount(image);
        var again = new TreeSession(next);
        Assert.Equal("SEAled", again.Read("file"));
        Assert.Equal("after", again.Read("other"));
        next.Rewrite();
        Assert.Equal("after", again.Read("other"));
    }

    private ChangedTree Mount(INumberedTree image) => ChangedTree.Open(image, _folder.Open(), new TestClock());
}
