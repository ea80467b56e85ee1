using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Journal;

/// <summary>Replay does not read content that a sync vouched for. So it must never be overwritten, even if no record names it.</summary>
public sealed class VouchedDataTests
{
    private readonly RecordedStorage _storage = new();
    private readonly TestFolder _folder;

    public VouchedDataTests() => _folder = new TestFolder(_storage);

    [Fact]
    public void Content_without_a_record_is_not_overwritten_by_the_next_session()
    {
        long vouched;
        using (var folder = _folder.Replay(out _))
        using (var log = folder.BeginWriting(100))
        {
            log.AppendData("synced before its record was appended"u8, out _);
            log.Sync();
            vouched = log.DataLength;
        }

        using var again = _folder.Replay(out _);
        using var next = again.BeginWriting(100);
        Assert.Equal(vouched, next.AppendData("x"u8, out _));
    }

    [Fact]
    public void Content_whose_record_fails_is_removed_unless_it_was_synced()
    {
        using var folder = _folder.Replay(out _);
        using var log = folder.BeginWriting(100);
        var first = log.AppendData("taken back"u8, out _);
        AssertFails(log, first, 10);
        Assert.Equal(first, log.DataLength);
        var second = log.AppendData("synced"u8, out _);
        Assert.Equal(first, second);
        log.Sync();
        AssertFails(log, second, 6);
        Assert.Equal(second + 6, log.AppendData("x"u8, out _));
    }

    private void AssertFails(IChangeLog log, long offset, long length)
    {
        _storage.Fails = made => made.Kind == StorageEventKind.Write ? Errno.ENOSPC : Errno.None;
        var failure = Assert.Throws<TreeException>(
            () => log.Append(new Change { Kind = ChangeKind.Write, Node = 1, Length = length, DataOffset = offset }));
        Assert.Equal(TreeFailure.NoSpace, failure.Failure);
        _storage.Fails = _ => Errno.None;
    }
}
