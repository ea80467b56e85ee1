using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Journal;

public sealed class ChangeFolderTests : ChangeFolderFixture
{
    [Fact]
    public void Without_a_change_nothing_is_created()
    {
        using (var folder = Folder.Replay(out var changes))
        {
            Assert.Empty(changes);
            Assert.Equal(0ul, folder.NextInode);
            Assert.Equal(default, folder.Summary);
            Assert.True(folder.FreeSpace.TotalBytes > 0);
        }

        Assert.Empty(Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public void Changes_of_every_kind_are_replayed_in_order_with_their_content()
    {
        var samples = FormatTests.Samples().Where(sample => sample.Kind is not (ChangeKind.Synced or ChangeKind.Write)).ToList();
        using (var folder = Folder.Replay(out _))
        using (var log = folder.BeginWriting(100))
        {
            foreach (var sample in samples)
            {
                log.Append(sample.Open());
            }

            Write(log, 7, 0, "content");
            log.Sync();
            Write(log, 7, 7, "more");
            Assert.Equal("more", Read(log.ReadData, log.DataLength - 4, 4));
        }

        using var again = Folder.Replay(out var changes);
        Assert.Equivalent(samples, changes.SkipLast(2).ToList(), strict: true);
        Assert.Equal("content", Read(again.ReadData, changes[^2].DataOffset, 7));
        Assert.Equal("more", Read(again.ReadData, changes[^1].DataOffset, 4));
        Assert.Equal(samples.Count - 1 + 2, again.Summary.Changes);
        Assert.Empty(Folder.Messages);
    }

    [Fact]
    public void Assigned_numbers_are_not_free()
    {
        using (var folder = Folder.Replay(out _))
        using (var log = folder.BeginWriting(100))
        {
            Assert.Equal(100ul, Folder.Open().NextInode);
            log.Append(new Change { Kind = ChangeKind.Create, Node = 150, Directory = 1, Name = "a"u8 });
            log.Append(new Change { Kind = ChangeKind.CreateUnnamed, Node = 151 });
        }

        Assert.Equal(152ul, Folder.Open().NextInode);
    }

    [Fact]
    public void A_second_session_continues_where_the_first_ended()
    {
        for (var session = 1; session <= 3; session++)
        {
            using var folder = Folder.Replay(out var changes);
            Assert.Equal(session - 1, changes.Count);
            using var log = folder.BeginWriting(100);
            Write(log, (ulong)session, 0, $"session {session}");
        }

        using var last = Folder.Replay(out var all);
        Assert.Equal(["session 1", "session 2", "session 3"], all.Select(change => Read(last.ReadData, change.DataOffset, (int)change.Length)));
        Assert.Equal(2, Directory.GetFiles(FolderPath).Length);
    }

    [Fact]
    public void Another_writer_makes_it_read_only()
    {
        using var first = Folder.Replay(out _);
        using var second = Folder.Replay(out _);
        var log = first.BeginWriting(100);
        Assert.Equal(TreeFailure.ReadOnly, Assert.Throws<TreeException>(() => second.BeginWriting(100)).Failure);
        Write(log, 1, 0, "x");
        log.Dispose();
        first.Dispose();
        var failure = Assert.Throws<TreeException>(() => second.BeginWriting(100));
        Assert.Equal(TreeFailure.ReadOnly, failure.Failure);
        Assert.Contains("mount it again", failure.Message, StringComparison.Ordinal);
        Assert.False(Folder.Lock!.IsHeld);
        using var third = Folder.Replay(out _);
        using (third.BeginWriting(100))
        {
        }
    }

    [Fact]
    public void A_torn_end_is_reported_ignored_and_cut_off_only_by_the_next_writer()
    {
        Append(2);
        var whole = new FileInfo(Journal).Length;
        Append(1);
        using (var file = File.OpenWrite(Journal))
        {
            file.SetLength(file.Length - 1);
        }

        var torn = new FileInfo(Journal).Length;
        using var folder = Folder.Replay(out var changes);
        Assert.Equal(2, changes.Count);
        Assert.Contains($"{torn - whole} bytes", Assert.Single(Folder.Messages), StringComparison.Ordinal);
        Assert.Equal(torn, new FileInfo(Journal).Length);
        folder.BeginWriting(100).Dispose();
        Assert.Equal(whole, new FileInfo(Journal).Length);
        Assert.Equal(2, Folder.Changes().Count);
    }

    [Fact]
    public void Missing_content_ends_the_changes_unless_it_was_synced()
    {
        using (var folder = Folder.Replay(out _))
        using (var log = folder.BeginWriting(100))
        {
            Write(log, 1, 0, "synced");
            log.Sync();
            Write(log, 2, 0, "lost");
            Write(log, 3, 0, "whole");
        }

        Meddle(Data, new FileInfo(Data).Length - 9);
        using var again = Folder.Replay(out var changes);
        Assert.Equal([1ul], changes.Select(change => change.Node));
        Assert.Contains("did not reach the storage", Assert.Single(Folder.Messages), StringComparison.Ordinal);
        using (var log = again.BeginWriting(100))
        {
            Write(log, 4, 0, "after");
        }

        again.Dispose();
        Assert.Equal([1ul, 4ul], Folder.Changes().Select(change => change.Node));
    }

    [Fact]
    public void Unreadable_synced_records_are_damage_and_not_a_torn_end()
    {
        using (var folder = Folder.Replay(out _))
        using (var log = folder.BeginWriting(100))
        {
            Write(log, 1, 0, "one");
            Write(log, 2, 0, "two");
            log.Sync();
            Write(log, 3, 0, "three");
            log.Sync();
        }

        Meddle(Journal, 128 + 10);
        AssertRefused(ChangesFault.Damaged);
    }

    [Fact]
    public void Missing_synced_content_is_damage()
    {
        using (var folder = Folder.Replay(out _))
        using (var log = folder.BeginWriting(100))
        {
            Write(log, 1, 0, "one");
            log.Sync();
        }

        using (var file = File.OpenWrite(Data))
        {
            file.SetLength(65);
        }

        AssertRefused(ChangesFault.Damaged);
    }

    [Fact]
    public void Changes_for_a_diverged_copy_of_the_same_generation_are_refused_and_kept()
    {
        var image = Folder.Base;
        Folder.Base = image with { Generation = 2, Merged = Guid.NewGuid() };
        Append(1);
        var kept = Folder.Base;
        Folder.Base = kept with { Merged = Guid.NewGuid() };
        AssertRefused(ChangesFault.OtherGeneration);
        Folder.Base = kept;
        Folder.Replay(out _).Dispose();
    }

    [Fact]
    public void Changes_for_another_image_another_generation_or_another_program_are_refused_and_kept()
    {
        Append(1);
        var image = Folder.Base;
        Folder.Base = image with { Generation = 2 };
        AssertRefused(ChangesFault.OtherGeneration);
        Folder.Base = image with { Image = Guid.NewGuid() };
        AssertRefused(ChangesFault.OtherImage);
        Folder.Base = image;
        Meddle(Journal, 8);
        AssertRefused(ChangesFault.Version);
        Meddle(Journal, 8);
        Meddle(Journal, 12);
        AssertRefused(ChangesFault.ByteOrder);
        Meddle(Journal, 12);
        Meddle(Journal, 0);
        AssertRefused(ChangesFault.NotAJournal);
        Meddle(Journal, 0);
        Meddle(Journal, 80);
        AssertRefused(ChangesFault.Damaged);
        Meddle(Journal, 80);
        Meddle(Data, 16);
        AssertRefused(ChangesFault.Damaged);
        Meddle(Data, 16);
        Assert.Single(Folder.Changes());
    }

    [Fact]
    public void A_journal_without_its_data_is_damage()
    {
        Append(1);
        File.Delete(Data);
        AssertRefused(ChangesFault.Damaged);
    }

    [Fact]
    public void Leftovers_are_removed_by_the_next_writer()
    {
        Append(1);
        File.WriteAllText(Path.Combine(FolderPath, "00000002.journal.new"), "");
        File.WriteAllText(Path.Combine(FolderPath, "00000002.data"), "");
        File.WriteAllText(Path.Combine(FolderPath, "writer"), "");
        Assert.Single(Folder.Changes());
        using var folder = Folder.Replay(out _);
        using var log = folder.BeginWriting(100);
        Assert.Equal(["00000001.data", "00000001.journal", "writer"], Names());
    }

    [Fact]
    public void Appending_allocates_nothing()
    {
        using var folder = Folder.Replay(out _);
        using var log = folder.BeginWriting(100);
        var content = new byte[100];
        AppendPair(log, content);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
        {
            AppendPair(log, content);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void AppendPair(IChangeLog log, byte[] content)
        {
            var start = log.AppendData(content, out var checksum);
            log.Append(new Change { Kind = ChangeKind.Write, Node = 1, Length = content.Length, DataOffset = start, DataChecksum = checksum });
            log.Append(new Change { Kind = ChangeKind.Create, Node = 1, Directory = 1, Name = "name"u8 });
        }
    }
}
