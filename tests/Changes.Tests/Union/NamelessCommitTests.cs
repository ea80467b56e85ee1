using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Changes.Union;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Union;

public sealed class NamelessCommitTests
{
    [Fact]
    public void A_commit_that_cannot_begin_keeps_the_content_of_a_nameless_file_in_the_journal()
    {
        var storage = new RecordedStorage();
        var folder = new TestFolder(storage);
        using (var tree = ChangedTree.Open(new EmptyNumberedTree(), folder.Open(), new TestClock()))
        {
            var unnamed = tree.CreateUnnamed(NodeId.Root, new NewEntry(EntryKind.File, 0x180, 1, 2)).Node;
            tree.Write(unnamed, 0, "to be named"u8, clearSetId: false);
            var full = true;
            storage.Fails = made => full && made.Kind == StorageEventKind.Write && made.Content!.Length == 11 ? Errno.ENOSPC : Errno.None;
            Assert.Equal(TreeFailure.NoSpace, Assert.Throws<TreeException>(() => tree.BeginCommit(isLast: false)).Failure);
            full = false;
            tree.Link(unnamed, NodeId.Root, "named"u8);
            Assert.Equal("to be named", new TreeSession(tree).Read("named"));
        }

        using var again = ChangedTree.Open(new EmptyNumberedTree(), folder.Open(), new TestClock());
        Assert.Equal("to be named", new TreeSession(again).Read("named"));
    }
}
