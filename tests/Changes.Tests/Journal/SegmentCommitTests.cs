namespace CondaFuse.Changes.Tests.Journal;

/// <summary>Segments of a journal that are replaced, sealed and merged.</summary>
public sealed class SegmentCommitTests : ChangeFolderFixture
{
    [Fact]
    public void A_committed_replacement_replaces_everything()
    {
        Append(3);
        using (var folder = Folder.Replay(out _))
        using (var old = folder.BeginWriting(100))
        {
            using (var dropped = old.BeginReplacement(200))
            {
                Write(dropped.Log, 9, 0, "never was");
            }

            Assert.Equal(["00000001.data", "00000001.journal"], Names());
            Write(old, 4, 0, "four");
            using var replacement = old.BeginReplacement(200);
            Write(replacement.Log, 5, 0, "all");
            Assert.Equal(4, Folder.Changes().Count);
            var log = replacement.Commit();
            Assert.Equal("four", Read(old.ReadData, old.DataLength - 4, 4));
            Assert.Throws<ObjectDisposedException>(() => old.Append(new Change { Kind = ChangeKind.Forget, Node = 1 }));
            Write(log, 6, 0, "more");
            Assert.Equal("all", Read(log.ReadData, 64, 3));
            log.Dispose();
        }

        Assert.Equal(["00000002.data", "00000002.journal"], Names());
        using var again = Folder.Replay(out var changes);
        Assert.Equal([5ul, 6ul], changes.Select(change => change.Node));
        Assert.Equal(200ul, again.NextInode);
    }

    [Fact]
    public void A_commit_seals_a_segment_and_removes_it_when_the_image_has_it()
    {
        using var folder = Folder.Replay(out _);
        using var log = folder.BeginWriting(100);
        Write(log, 1, 0, "sealed");
        var segment = log.Segment;
        Assert.Equal(segment, log.Seal(200));
        Assert.Throws<InvalidOperationException>(() => log.BeginReplacement(1));
        Write(log, 2, 0, "later");
        Assert.Equal("sealed", Read(log.ReadData, 64, 6));
        Assert.Equal("later", Read(log.ReadData, log.DataLength - 5, 5));
        Assert.Equal([1ul, 2ul], Folder.Changes().Select(change => change.Node));

        // The image records the segment as merged, so it is not replayed, whether it still exists or not.
        var before = Folder.Base;
        Folder.Base = before with { Generation = 2, Merged = segment };
        Assert.Equal([2ul], Folder.Changes().Select(change => change.Node));
        log.Merged(segment, 2);
        Assert.Equal(["00000002.data", "00000002.journal"], Names());
        Assert.Equal([2ul], Folder.Changes().Select(change => change.Node));
        Write(log, 3, 0, "after");
        Assert.Equal("later", Read(log.ReadData, log.DataLength - 10 + 0, 5));
        using (var replayed = Folder.Replay(out var changes))
        {
            Assert.Equal(["later", "after"], changes.Select(change => Read(replayed.ReadData, change.DataOffset, (int)change.Length)));
        }

        Folder.Base = before;
        AssertRefused(ChangesFault.Incomplete);

        // The next replacement builds on the new generation.
        Folder.Base = before with { Generation = 2, Merged = segment };
        using var replacement = log.BeginReplacement(300);
        Write(replacement.Log, 4, 0, "all");
        using var next = replacement.Commit();
        Assert.Equal([4ul], Folder.Changes().Select(change => change.Node));
        next.Merged(next.Segment, 3);
        Assert.Empty(Names());
    }

    [Fact]
    public void A_failed_commit_leaves_all_changes_in_force()
    {
        using (var folder = Folder.Replay(out _))
        using (var log = folder.BeginWriting(100))
        {
            Write(log, 1, 0, "one");
            log.Seal(200);
            Write(log, 2, 0, "two");
            log.Unseal();
            log.Seal(300);
            log.Unseal();
            Write(log, 3, 0, "three");
        }

        using var again = Folder.Replay(out var changes);
        Assert.Equal(["one", "two", "three"], changes.Select(change => Read(again.ReadData, change.DataOffset, (int)change.Length)));
        using (var log = again.BeginWriting(100))
        using (var replacement = log.BeginReplacement(400))
        {
            Write(replacement.Log, 4, 0, "all");
            replacement.Commit().Dispose();
        }

        again.Dispose();
        Assert.Equal([4ul], Folder.Changes().Select(change => change.Node));
        Assert.Equal(["00000004.data", "00000004.journal"], Names());
    }
}
