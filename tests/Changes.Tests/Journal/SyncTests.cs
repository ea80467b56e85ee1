using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Journal;

public sealed class SyncTests
{
    private readonly RecordedStorage _storage = new();
    private readonly TestFolder _folder;

    public SyncTests() => _folder = new TestFolder(_storage);

    [Fact]
    public void Changes_of_a_killed_writer_are_synced_once_without_the_write_lock()
    {
        using (var folder = _folder.Replay(out _))
        using (var log = folder.BeginWriting(100))
        {
            log.Append(new Change { Kind = ChangeKind.Forget, Node = 1 });
        }

        using var again = _folder.Replay(out _);
        var before = _storage.Events.Count;
        again.Sync();
        again.Sync();
        Assert.Equal([StorageEventKind.SyncFile, StorageEventKind.SyncFile], _storage.Events.Skip(before).Select(made => made.Kind));
        Assert.False(_folder.Lock!.IsHeld);
    }

    [Fact]
    public void A_sync_without_new_changes_does_nothing()
    {
        using var folder = _folder.Replay(out _);
        folder.Sync();
        using var log = folder.BeginWriting(100);
        log.Append(new Change { Kind = ChangeKind.Forget, Node = 1 });
        log.Sync();
        var before = _storage.Events.Count;
        log.Sync();
        folder.Sync();
        Assert.Equal(before, _storage.Events.Count);
        Assert.Equal(0, log.UnsyncedBytes);
    }

    [Fact]
    public void After_a_failed_sync_no_change_is_accepted_and_every_sync_fails()
    {
        using var folder = _folder.Replay(out _);
        using var log = folder.BeginWriting(100);
        log.Append(new Change { Kind = ChangeKind.Forget, Node = 1 });
        _storage.Fails = made => made.Kind == StorageEventKind.SyncFile ? Errno.EIO : Errno.None;
        Assert.Equal(TreeFailure.Storage, Assert.Throws<TreeException>(log.Sync).Failure);
        _storage.Fails = _ => Errno.None;
        Assert.Equal(TreeFailure.Storage, Assert.Throws<TreeException>(log.Sync).Failure);
        Assert.Equal(TreeFailure.Storage, Assert.Throws<TreeException>(() => log.Append(new Change { Kind = ChangeKind.Forget, Node = 2 })).Failure);
        Assert.Equal(TreeFailure.Storage, Assert.Throws<TreeException>(() => log.AppendData("x"u8, out _)).Failure);
        Assert.Single(_folder.Changes());
    }

    [Fact]
    public async Task Syncs_beside_the_first_change_and_those_after_it_vouch_only_for_what_they_synced()
    {
        for (var round = 0; round < 30; round++)
        {
            var storage = new RecordedStorage([("/store", [])]);
            var folder = new TestFolder(storage);
            var acknowledged = 0;
            var synced = new List<(int Events, int Changes)>();
            using (var store = folder.Replay(out _))
            {
                var ended = false;
                var syncing = Task.Run(() =>
                {
                    while (!Volatile.Read(ref ended))
                    {
                        var before = Volatile.Read(ref acknowledged);
                        store.Sync();
                        synced.Add((storage.EventCount, before));
                    }
                });
                using var log = store.BeginWriting(100);
                for (var change = 1; change <= 200; change++)
                {
                    var start = log.AppendData([(byte)change, (byte)round], out var checksum);
                    log.Append(new Change { Kind = ChangeKind.Write, Node = (ulong)change, Length = 2, DataOffset = start, DataChecksum = checksum });
                    Volatile.Write(ref acknowledged, change);
                }

                Volatile.Write(ref ended, true);
                await syncing;
            }

            var disk = new CrashDisk(new RecordedStorage([("/store", [])]));
            var followed = 0;
            foreach (var (events, changes) in synced)
            {
                for (; followed < events; followed++)
                {
                    disk.Follow(storage.Events[followed]);
                }

                Assert.InRange(new TestFolder(disk.After(CrashKind.LoseAll, new Random(round))).Changes().Count, changes, 200);
            }
        }
    }
}
