using CondaFuse.Changes;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Writing;

public sealed class GuardedChangeLogTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly string _image;

    public GuardedChangeLogTests()
    {
        _image = Path.Combine(_sandbox.Layout.ArchiveDirectory, "env.squashfs");
        var source = Path.Combine(_sandbox.Layout.ArchiveDirectory, "source");
        Directory.CreateDirectory(source);
        using (var tree = DiskTree.Open(source))
        {
            SquashFsWriter.Write(tree, _image, new PackOptions { Threads = 1 }, progress: null, CancellationToken.None);
        }

        Directory.Delete(source);
    }

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void After_a_commit_that_failed_after_writing_the_image_the_changes_still_fit()
    {
        var state = ArchiveState.Read(_sandbox.Layout, _image);
        using (var store = Open(state))
        using (var tree = ChangedTree.Open(SquashFsTree.Open(_image), store, TimeProvider.System))
        {
            tree.Create(NodeId.Root, "before"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0));
            using (var commit = tree.BeginCommit(isLast: false))
            {
                using var folder = new DiskStorage().TryOpenFolder(_sandbox.Layout.ArchiveDirectory)!;
                SquashFsCommit.Append(
                    folder, "env.squashfs", commit.Tree,
                    new CommitOptions { Threads = 1, Time = new Timestamp(1), MergedSegment = commit.Segment, Expected = state.Version });
            }

            tree.Create(NodeId.Root, "after"u8, new NewEntry(EntryKind.File, 0x1A4, 0, 0));
        }

        using (var store = Open(ArchiveState.Read(_sandbox.Layout, _image)))
        using (var tree = ChangedTree.Open(SquashFsTree.Open(_image), store, TimeProvider.System))
        {
            Assert.True(tree.TryLookup(NodeId.Root, "before"u8, out _));
            Assert.True(tree.TryLookup(NodeId.Root, "after"u8, out _));
        }
    }

    [Fact]
    public void Changes_are_not_rewritten_for_an_image_that_was_committed_to()
    {
        var state = ArchiveState.Read(_sandbox.Layout, _image);
        using var store = Open(state);
        using var tree = ChangedTree.Open(SquashFsTree.Open(_image), store, TimeProvider.System);
        using var log = store.BeginWriting(tree.HighestInode + 1);
        log.BeginReplacement(100).Dispose();
        using (var folder = new DiskStorage().TryOpenFolder(_sandbox.Layout.ArchiveDirectory)!)
        {
            SquashFsCommit.Append(
                folder, "env.squashfs", tree,
                new CommitOptions { Threads = 1, Time = new Timestamp(1), MergedSegment = log.Seal(100), Expected = state.Version });
        }

        log.Unseal();
        Assert.Equal(TreeFailure.ReadOnly, Assert.Throws<TreeException>(() => log.BeginReplacement(100)).Failure);
    }

    [Fact]
    public void Without_the_write_lock_no_record_of_a_sync_is_written()
    {
        var clock = new ManualClock();
        var state = ArchiveState.Read(_sandbox.Layout, _image);
        using var store = new GuardedChangeStore(new WriteContext(state, Writers.Here(), new Writers.NoLocks(), clock, _ => { }));
        using var tree = ChangedTree.Open(SquashFsTree.Open(_image), store, clock);
        using var log = store.BeginWriting(tree.HighestInode + 1);
        log.Append(new Change { Kind = ChangeKind.Forget, Node = 1 });
        WriterClaim.TakeAway(new WriterFiles(state.Place.Folder), Writers.Elsewhere, new Writers.NoLocks());
        using var next = WriterClaim.TryTake(new WriterFiles(state.Place.Folder), Writers.Elsewhere, new Writers.NoLocks(), clock, out _);
        clock.Advance(TimeSpan.FromSeconds(30));
        var before = log.JournalLength;
        Assert.Equal(TreeFailure.ReadOnly, Assert.Throws<TreeException>(log.Sync).Failure);
        Assert.Equal(before, log.JournalLength);
    }

    private static GuardedChangeStore Open(ArchiveState state) =>
        new(new WriteContext(state, Writers.Here(), new KernelLocks(), TimeProvider.System, _ => { }));
}
