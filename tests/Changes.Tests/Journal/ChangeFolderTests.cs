using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Journal;

public sealed class ChangeFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("condafuse-changes-").FullName;
    private readonly TestFolder _folder;

    public ChangeFolderTests() => _folder = new TestFolder(new DiskStorage(), Path.Combine(_root, "env.changes"));

    private string FolderPath => Path.Combine(_root, "env.changes");

    private string Journal => Path.Combine(FolderPath, "00000001.journal");

    private string Data => Path.Combine(FolderPath, "00000001.data");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Without_a_change_nothing_is_created()
    {
        using (var folder = _folder.Replay(out var changes))
        {
            Assert.Empty(changes);
            Assert.Equal(0ul, folder.NextInode);
            Assert.Equal(default, folder.Summary);
            Assert.True(folder.FreeSpace.TotalBytes > 0);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void Changes_of_every_kind_are_replayed_in_order_with_their_content()
    {
        var samples = FormatTests.Samples().Where(sample => sample.Kind is not (ChangeKind.Synced or ChangeKind.Write)).ToList();
        using (var folder = _folder.Replay(out _))
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

        using var again = _folder.Replay(out var changes);
        Assert.Equivalent(samples, changes.SkipLast(2).ToList(), strict: true);
        Assert.Equal("content", Read(again.ReadData, changes[^2].DataOffset, 7));
        Assert.Equal("more", Read(again.ReadData, changes[^1].DataOffset, 4));
        Assert.Equal(samples.Count - 1 + 2, again.Summary.Changes);
        Assert.Empty(_folder.Messages);
    }

    [Fact]
    public void Assigned_numbers_are_not_free()
    {
        using (var folder = _folder.Replay(out _))
        using (var log = folder.BeginWriting(100))
        {
            Assert.Equal(100ul, _folder.Open().NextInode);
            log.Append(new Change { Kind = ChangeKind.Create, Node = 150, Directory = 1, Name = "a"u8 });
            log.Append(new Change { Kind = ChangeKind.CreateUnnamed, Node = 151 });
        }

        Assert.Equal(152ul, _folder.Open().NextInode);
    }

    [Fact]
    public void A_second_session_continues_where_the_first_ended()
    {
        for (var session = 1; session <= 3; session++)
        {
            using var folder = _folder.Replay(out var changes);
            Assert.Equal(session - 1, changes.Count);
            using var log = folder.BeginWriting(100);
            Write(log, (ulong)session, 0, $"session {session}");
        }

        using var last = _folder.Replay(out var all);
        Assert.Equal(["session 1", "session 2", "session 3"], all.Select(change => Read(last.ReadData, change.DataOffset, (int)change.Length)));
        Assert.Equal(2, Directory.GetFiles(FolderPath).Length);
    }

    [Fact]
    public void Another_writer_makes_it_read_only()
    {
        using var first = _folder.Replay(out _);
        using var second = _folder.Replay(out _);
        var log = first.BeginWriting(100);
        Assert.Equal(TreeFailure.ReadOnly, Assert.Throws<TreeException>(() => second.BeginWriting(100)).Failure);
        Write(log, 1, 0, "x");
        log.Dispose();
        first.Dispose();
        var failure = Assert.Throws<TreeException>(() => second.BeginWriting(100));
        Assert.Equal(TreeFailure.ReadOnly, failure.Failure);
        Assert.Contains("mount it again", failure.Message, StringComparison.Ordinal);
        Assert.False(_folder.Lock!.IsHeld);
        using var third = _folder.Replay(out _);
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
        using var folder = _folder.Replay(out var changes);
        Assert.Equal(2, changes.Count);
        Assert.Contains($"{torn - whole} bytes", Assert.Single(_folder.Messages), StringComparison.Ordinal);
        Assert.Equal(torn, new FileInfo(Journal).Length);
        folder.BeginWriting(100).Dispose();
        Assert.Equal(whole, new FileInfo(Journal).Length);
        Assert.Equal(2, _folder.Changes().Count);
    }

    [Fact]
    public void Missing_content_ends_the_changes_unless_it_was_synced()
    {
        using (var folder = _folder.Replay(out _))
        using (var log = folder.BeginWriting(100))
        {
            Write(log, 1, 0, "synced");
            log.Sync();
            Write(log, 2, 0, "lost");
            Write(log, 3, 0, "whole");
        }

        Meddle(Data, new FileInfo(Data).Length - 9);
        using var again = _folder.Replay(out var changes);
        Assert.Equal([1ul], changes.Select(change => change.Node));
        Assert.Contains("did not reach the storage", Assert.Single(_folder.Messages), StringComparison.Ordinal);
        using (var log = again.BeginWriting(100))
        {
            Write(log, 4, 0, "after");
        }

        again.Dispose();
        Assert.Equal([1ul, 4ul], _folder.Changes().Select(change => change.Node));
    }

    [Fact]
    public void Unreadable_synced_records_are_damage_and_not_a_torn_end()
    {
        using (var folder = _folder.Replay(out _))
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
        using (var folder = _folder.Replay(out _))
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
        var image = _folder.Base;
        _folder.Base = image with { Generation = 2, Merged = Guid.NewGuid() };
        Append(1);
        var kept = _folder.Base;
        _folder.Base = kept with { Merged = Guid.NewGuid() };
        AssertRefused(ChangesFault.OtherGeneration);
        _folder.Base = kept;
        _folder.Replay(out _).Dispose();
    }

    [Fact]
    public void Changes_for_another_image_another_generation_or_another_program_are_refused_and_kept()
    {
        Append(1);
        var image = _folder.Base;
        _folder.Base = image with { Generation = 2 };
        AssertRefused(ChangesFault.OtherGeneration);
        _folder.Base = image with { Image = Guid.NewGuid() };
        AssertRefused(ChangesFault.OtherImage);
        _folder.Base = image;
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
        Assert.Single(_folder.Changes());
    }

    [Fact]
    public void A_journal_without_its_data_is_damage()
    {
        Append(1);
        File.Delete(Data);
        AssertRefused(ChangesFault.Damaged);
    }

    [Fact]
    public void A_committed_replacement_replaces_everything()
    {
        Append(3);
        using (var folder = _folder.Replay(out _))
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
            Assert.Equal(4, _folder.Changes().Count);
            var log = replacement.Commit();
            Assert.Equal("four", Read(old.ReadData, old.DataLength - 4, 4));
            Assert.Throws<ObjectDisposedException>(() => old.Append(new Change { Kind = ChangeKind.Forget, Node = 1 }));
            Write(log, 6, 0, "more");
            Assert.Equal("all", Read(log.ReadData, 64, 3));
            log.Dispose();
        }

        Assert.Equal(["00000002.data", "00000002.journal"], Names());
        using var again = _folder.Replay(out var changes);
        Assert.Equal([5ul, 6ul], changes.Select(change => change.Node));
        Assert.Equal(200ul, again.NextInode);
    }

    [Fact]
    public void A_commit_seals_a_segment_and_removes_it_when_the_image_has_it()
    {
        using var folder = _folder.Replay(out _);
        using var log = folder.BeginWriting(100);
        Write(log, 1, 0, "sealed");
        var segment = log.Segment;
        Assert.Equal(segment, log.Seal(200));
        Assert.Throws<InvalidOperationException>(() => log.BeginReplacement(1));
        Write(log, 2, 0, "later");
        Assert.Equal("sealed", Read(log.ReadData, 64, 6));
        Assert.Equal("later", Read(log.ReadData, log.DataLength - 5, 5));
        Assert.Equal([1ul, 2ul], _folder.Changes().Select(change => change.Node));

        // The image records the segment as merged, so it is not replayed, whether it still exists or not.
        var before = _folder.Base;
        _folder.Base = before with { Generation = 2, Merged = segment };
        Assert.Equal([2ul], _folder.Changes().Select(change => change.Node));
        log.Merged(segment, 2);
        Assert.Equal(["00000002.data", "00000002.journal"], Names());
        Assert.Equal([2ul], _folder.Changes().Select(change => change.Node));
        Write(log, 3, 0, "after");
        Assert.Equal("later", Read(log.ReadData, log.DataLength - 10 + 0, 5));
        using (var replayed = _folder.Replay(out var changes))
        {
            Assert.Equal(["later", "after"], changes.Select(change => Read(replayed.ReadData, change.DataOffset, (int)change.Length)));
        }

        _folder.Base = before;
        AssertRefused(ChangesFault.Incomplete);

        // The next replacement builds on the new generation.
        _folder.Base = before with { Generation = 2, Merged = segment };
        using var replacement = log.BeginReplacement(300);
        Write(replacement.Log, 4, 0, "all");
        using var next = replacement.Commit();
        Assert.Equal([4ul], _folder.Changes().Select(change => change.Node));
        next.Merged(next.Segment, 3);
        Assert.Empty(Names());
    }

    [Fact]
    public void A_failed_commit_leaves_all_changes_in_force()
    {
        using (var folder = _folder.Replay(out _))
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

        using var again = _folder.Replay(out var changes);
        Assert.Equal(["one", "two", "three"], changes.Select(change => Read(again.ReadData, change.DataOffset, (int)change.Length)));
        using (var log = again.BeginWriting(100))
        using (var replacement = log.BeginReplacement(400))
        {
            Write(replacement.Log, 4, 0, "all");
            replacement.Commit().Dispose();
        }

        again.Dispose();
        Assert.Equal([4ul], _folder.Changes().Select(change => change.Node));
        Assert.Equal(["00000004.data", "00000004.journal"], Names());
    }

    [Fact]
    public void Leftovers_are_removed_by_the_next_writer()
    {
        Append(1);
        File.WriteAllText(Path.Combine(FolderPath, "00000002.journal.new"), "");
        File.WriteAllText(Path.Combine(FolderPath, "00000002.data"), "");
        File.WriteAllText(Path.Combine(FolderPath, "writer"), "");
        Assert.Single(_folder.Changes());
        using var folder = _folder.Replay(out _);
        using var log = folder.BeginWriting(100);
        Assert.Equal(["00000001.data", "00000001.journal", "writer"], Names());
    }

    [Fact]
    public void Appending_allocates_nothing()
    {
        using var folder = _folder.Replay(out _);
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

    private static void Write(IChangeLog log, ulong node, long offset, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        var start = log.AppendData(bytes, out var checksum);
        log.Append(
            new Change { Kind = ChangeKind.Write, Node = node, Offset = offset, Length = bytes.Length, DataOffset = start, DataChecksum = checksum });
    }

    private static string Read(ReadContent read, long offset, int length)
    {
        var bytes = new byte[length];
        read(offset, bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Flips a bit of a file, or flips it back.</summary>
    private static void Meddle(string path, long offset)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 2));
    }

    private void Append(int count)
    {
        using var folder = _folder.Replay(out _);
        using var log = folder.BeginWriting(100);
        for (var change = 0; change < count; change++)
        {
            log.Append(new Change { Kind = ChangeKind.Link, Node = 7, Directory = 1, Name = "some name"u8 });
        }
    }

    private string[] Names() => [.. Directory.GetFiles(FolderPath).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private void AssertRefused(ChangesFault fault)
    {
        var before = Names().ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(FolderPath, name)));
        Assert.Equal(fault, Assert.Throws<ChangesException>(() => _folder.Open()).Fault);
        Assert.Equivalent(before, Names().ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(FolderPath, name))));
    }

    private delegate void ReadContent(long offset, Span<byte> destination);
}
