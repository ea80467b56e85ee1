using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Journal;

/// <summary>A log in a folder: appends to the last segment, and knows the earlier ones.</summary>
internal sealed class ChangeLog : IChangeLog
{
    private readonly SegmentFiles _files;
    private readonly ContentFiles _content;

    /// <summary>The segments before the current one: number, identity, offset of the first byte of content.</summary>
    private readonly List<(int Number, Guid Segment, long DataStart)> _earlier;
    private volatile SegmentWriter _current;
    private bool _isSealed;
    private volatile bool _isOver;

    /// <param name="files">The folder.</param>
    /// <param name="content">The content of all segments. The log takes ownership.</param>
    /// <param name="earlier">The earlier segments.</param>
    /// <param name="current">The segment to append to; its content is part of <paramref name="content"/>.</param>
    public ChangeLog(SegmentFiles files, ContentFiles content, IEnumerable<(int Number, Guid Segment, long DataStart)> earlier, SegmentWriter current)
    {
        _files = files;
        _content = content;
        _earlier = [.. earlier];
        _current = current;
    }

    public long DataLength => _current.DataLength;

    public long JournalLength => _current.JournalLength;

    public long UnsyncedBytes => _current.UnsyncedBytes;

    public Guid Segment => _current.Header.Segment;

    public FreeSpace FreeSpace => _files.FreeSpace;

    private SegmentWriter Current => _isOver
        ? throw new ObjectDisposedException(nameof(ChangeLog), "Another log took the place of this one, or its changes were merged.")
        : _current;

    public long AppendData(ReadOnlySpan<byte> content, out uint checksum) => Current.AppendData(content, out checksum);

    public void Append(in Change change) => Current.Append(change);

    public void Sync()
    {
        // The replacement was synced first.
        if (!_isOver)
        {
            _current.Sync();
        }
    }

    public void ReadData(long offset, Span<byte> destination) => _content.Read(offset, destination);

    public IReplacementLog BeginReplacement(ulong nextInode)
    {
        RequireNoCommit();
        var header = _files.NewHeader(nextInode) with { Replaces = Current.Number };
        return new ReplacementLog(this, Make(header, 0));
    }

    public Guid Seal(ulong nextInode, Action<IChangeLog>? begin = null)
    {
        RequireNoCommit();
        var old = Current;
        old.Sync();
        var header = _files.NewHeader(nextInode) with
        {
            Parent = old.Header.Segment,
            ParentLength = old.JournalLength,
            ParentChecksum = old.Checksum,
        };
        var next = Make(header, old.DataLength);
        try
        {
            begin?.Invoke(OnlyOf(next));
        }
        catch
        {
            _files.Discard(next);
            throw;
        }

        var failure = _files.PutInForce(next);
        _content.Add(next.DataStart, next.Content);
        _earlier.Add((old.Number, old.Header.Segment, old.DataStart));
        _current = next;
        old.CloseJournal();
        if (failure is not null)
        {
            throw failure;
        }

        _isSealed = true;
        return old.Header.Segment;
    }

    public long PunchHoles(IEnumerable<(long Start, long End)> dead) => dead.Sum(range => Current.PunchHole(range.Start, range.End));

    public void Unseal() => _isSealed = false;

    public void Merged(Guid segment, long generation)
    {
        if (segment == Segment)
        {
            End(isMerged: generation != _files.Image.Generation);
            return;
        }

        _files.Image = _files.Image with { Generation = generation, Merged = segment };
        _isSealed = false;

        var index = _earlier.FindIndex(entry => entry.Segment == segment);
        ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(segment));
        var last = _earlier[index].Number;
        _earlier.RemoveRange(0, index + 1);
        _content.RemoveBelow(_earlier.Count > 0 ? _earlier[0].DataStart : _current.DataStart);
        _files.RemoveUpTo(last);
    }

    public void Dispose()
    {
        _current.Dispose();
        _content.Dispose();
    }

    /// <summary>Replaces this log with a segment that is synced.</summary>
    internal ChangeLog ReplaceWith(ChangeLog replacement)
    {
        var failure = _files.PutInForce(replacement._current);
        _isOver = true;
        if (failure is null)
        {
            _files.RemoveUpTo(_current.Number);
        }

        return replacement;
    }

    /// <summary>A log of one new segment that is not active yet.</summary>
    internal ChangeLog OnlyOf(SegmentWriter segment)
    {
        var content = new ContentFiles();
        content.Add(segment.DataStart, segment.Content);
        return new ChangeLog(_files, content, [], segment);
    }

    internal void Discard(ChangeLog replacement)
    {
        _files.Discard(replacement._current);
        replacement._content.Dispose();
    }

    /// <summary>
    /// Removes everything. Segments that no image records as merged would stay active until removed, so an empty one replaces them first.
    /// </summary>
    private void End(bool isMerged)
    {
        _isSealed = false;
        var last = _current.Number;
        if (!isMerged && _earlier.Count > 0)
        {
            using var empty = Make(_files.NewHeader(0) with { Replaces = last }, 0);
            last = empty.Number;
            if (_files.PutInForce(empty) is { } failure)
            {
                throw failure;
            }
        }

        _isOver = true;
        Dispose();
        _files.RemoveUpTo(last);
    }

    private SegmentWriter Make(SegmentHeader header, long dataStart)
    {
        try
        {
            return _files.Make(header, dataStart);
        }
        catch (PlatformException e)
        {
            throw StorageFailure.Of(e);
        }
    }

    private void RequireNoCommit()
    {
        if (_isSealed)
        {
            throw new InvalidOperationException("A commit is under way.");
        }
    }
}

/// <summary>A new segment that will replace a whole log.</summary>
internal sealed class ReplacementLog(ChangeLog replaced, SegmentWriter segment) : IReplacementLog
{
    private readonly ChangeLog _log = replaced.OnlyOf(segment);
    private bool _isDone;

    public IChangeLog Log => _log;

    public IChangeLog Commit()
    {
        _log.Sync();
        _isDone = true; // If activating it fails, that call also removes it.
        return replaced.ReplaceWith(_log);
    }

    public void Dispose()
    {
        if (!_isDone)
        {
            _isDone = true;
            replaced.Discard(_log);
        }
    }
}

/// <summary>Translates failures of the storage for callers that change a tree.</summary>
internal static class StorageFailure
{
    public static TreeException Of(PlatformException failure) => new(
        failure.Errno switch
        {
            Errno.ENOSPC => TreeFailure.NoSpace,
            Errno.EDQUOT => TreeFailure.QuotaExceeded,
            Errno.EFBIG => TreeFailure.FileTooLarge,
            _ => TreeFailure.Storage,
        },
        failure.Message,
        failure);

    /// <summary>The same for the first change: if the location is not writable, the tree is read-only.</summary>
    public static TreeException OfBeginning(PlatformException failure) =>
        failure.Errno is Errno.EROFS or Errno.EACCES or Errno.EPERM
            ? new TreeException(TreeFailure.ReadOnly, failure.Message, failure)
            : Of(failure);
}
