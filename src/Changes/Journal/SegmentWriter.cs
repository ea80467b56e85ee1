using System.Buffers.Binary;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Journal;

/// <summary>Appends to one segment. Offsets of content count from <paramref name="dataStart"/>.</summary>
internal sealed class SegmentWriter(int number, SegmentHeader header, IStorageFile journal, IStorageFile data, long dataStart, SegmentEnd end)
    : IDisposable
{
    /// <summary>
    /// Guards the fields below, because a sync runs concurrently with appends. An append holds it during its I/O, since its position is its order. A
    /// sync does its I/O without it.
    /// </summary>
    private readonly Lock _gate = new();
    private readonly Lock _syncing = new();
    private readonly JournalReserve _room = new(journal);
    private readonly byte[] _record = new byte[JournalFormat.RecordHeader + JournalFormat.MaxFields];
    private long _journalLength = end.Journal;
    private uint _checksum = end.Checksum;
    private long _dataLength = end.Data;

    /// <summary>How much is known to be on the storage.</summary>
    private long _journalSynced = JournalFormat.SegmentHeader;
    private long _dataSynced = end.VouchedData;

    /// <summary>Content below this is never removed: a <see cref="ChangeKind.Synced"/> vouches for it, or is about to.</summary>
    private long _dataFloor = end.VouchedData;

    /// <summary>A <see cref="ChangeKind.Synced"/> on the storage vouches for content up to here, so that replay does not read it.</summary>
    private long _dataVouched = end.VouchedData;
    private bool _hasRest;
    private TreeException? _failure;

    public int Number => number;

    public SegmentHeader Header => header;

    /// <summary>Offset of the data file's first byte.</summary>
    public long DataStart => dataStart;

    public long JournalLength => Volatile.Read(ref _journalLength);

    public long DataLength => dataStart + Volatile.Read(ref _dataLength);

    public uint Checksum => _checksum;

    /// <summary>The data file; disposed with this object.</summary>
    public IStorageFile Content => data;

    public long UnsyncedBytes
    {
        get
        {
            lock (_gate)
            {
                return _journalLength - _journalSynced + (_dataLength - _dataSynced);
            }
        }
    }

    public long AppendData(ReadOnlySpan<byte> content, out uint checksum)
    {
        checksum = Crc32C.Of(content);
        lock (_gate)
        {
            ThrowIfFailed();
            var offset = _dataLength;
            try
            {
                data.WriteAt(offset, content);
            }
            catch (PlatformException e)
            {
                TakeDataBack(offset);
                throw StorageFailure.Of(e);
            }

            _dataLength = offset + content.Length;
            return dataStart + offset;
        }
    }

    public void Append(in Change change)
    {
        lock (_gate)
        {
            ThrowIfFailed();
            if (change.Kind == ChangeKind.Write)
            {
                var local = change.DataOffset - dataStart;
                ArgumentOutOfRangeException.ThrowIfLessThan(local, JournalFormat.DataHeader, nameof(change));
                ArgumentOutOfRangeException.ThrowIfGreaterThan(local + change.Length, _dataLength, nameof(change));
            }

            try
            {
                AppendRecord(change);
            }
            catch (PlatformException e)
            {
                if (change.Kind == ChangeKind.Write && change.DataOffset - dataStart + change.Length == _dataLength)
                {
                    TakeDataBack(change.DataOffset - dataStart);
                }

                throw StorageFailure.Of(e);
            }
        }
    }

    public void Sync()
    {
        var (journalWanted, dataWanted) = (JournalLength, Volatile.Read(ref _dataLength));
        lock (_syncing)
        {
            long dataEnd;
            lock (_gate)
            {
                ThrowIfFailed();
                if (_journalSynced >= journalWanted && _dataSynced >= dataWanted)
                {
                    return;
                }

                dataEnd = _dataLength;
                _dataFloor = Math.Max(_dataFloor, dataEnd);
            }

            try
            {
                SyncUpTo(dataEnd);
            }
            catch (PlatformException e)
            {
                // The kernel reports a failed write only once and may drop the data: a later successful sync proves nothing.
                var failure = StorageFailure.Of(e);
                lock (_gate)
                {
                    _failure = new TreeException(failure.Failure, $"{failure.Message}; what was written since the last sync may be lost.", e);
                }

                throw failure;
            }
        }
    }

    /// <summary>Refuses all further appends: they could be lost unnoticed.</summary>
    public void Fail(TreeException failure)
    {
        lock (_gate)
        {
            _failure = failure;
        }
    }

    /// <summary>Closes the journal; content stays readable.</summary>
    public void CloseJournal()
    {
        ReleaseRoom();
        journal.Dispose();
    }

    /// <summary>Frees the space of content that no file uses any more. No record on the storage may refer to it.</summary>
    /// <param name="start">Start of the range, as an offset in the log.</param>
    /// <param name="end">End of the range.</param>
    /// <returns>Bytes freed.</returns>
    public long PunchHole(long start, long end)
    {
        lock (_gate)
        {
            var (from, to) = (Math.Max(start - dataStart, JournalFormat.DataHeader), Math.Min(end - dataStart, _dataVouched));
            return to > from && data.TryPunchHole(from, to - from) ? to - from : 0;
        }
    }

    public void Dispose()
    {
        ReleaseRoom();
        journal.Dispose();
        data.Dispose();
    }

    private void SyncUpTo(long dataEnd)
    {
        if (dataEnd > _dataSynced)
        {
            data.Sync();
        }

        long journalEnd;
        bool isVouched;
        lock (_gate)
        {
            isVouched = TryVouch(dataEnd);
            journalEnd = _journalLength;
        }

        journal.Sync();
        lock (_gate)
        {
            _dataSynced = dataEnd;
            _dataVouched = isVouched ? Math.Max(_dataVouched, dataEnd) : _dataVouched;
            _journalSynced = journalEnd;
        }
    }

    /// <summary>Records in the journal how much is synced. Without it, replay only has to read and compare more, so a failure is ignored.</summary>
    private bool TryVouch(long dataEnd)
    {
        try
        {
            AppendRecord(new Change { Kind = ChangeKind.Synced, DataOffset = dataStart + dataEnd, Offset = _journalSynced });
            return true;
        }
        catch (PlatformException)
        {
            return false; // The following sync shows whether the storage can be trusted.
        }
    }

    private void AppendRecord(in Change change)
    {
        if (_hasRest)
        {
            journal.Truncate(_journalLength);
            _hasRest = false;
        }

        var fieldsLength = ChangeCodec.Encode(change, dataStart, _record.AsSpan(JournalFormat.RecordHeader));
        var record = _record.AsSpan(0, JournalFormat.RecordHeader + fieldsLength);
        _room.Demand(_journalLength, record.Length, change.Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(record[sizeof(uint)..], (uint)fieldsLength | ((uint)change.Kind << 24));
        var checksum = Crc32C.Continue(_checksum, record[sizeof(uint)..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record, checksum);
        try
        {
            journal.WriteAt(_journalLength, record);
        }
        catch (PlatformException)
        {
            TakeRecordBack();
            throw;
        }

        _checksum = checksum;
        _journalLength += record.Length;
    }

    /// <summary>No part of a failed record may be replayed: it must be gone before the next record is appended.</summary>
    private void TakeRecordBack()
    {
        _room.Lost();
        try
        {
            journal.Truncate(_journalLength);
        }
        catch (PlatformException)
        {
            _hasRest = true;
        }
    }

    private void TakeDataBack(long length)
    {
        _dataLength = Math.Max(length, _dataFloor);
        try
        {
            data.Truncate(_dataLength);
        }
        catch (PlatformException)
        {
            // No record names the bytes that stay there, and the next content overwrites them.
        }
    }

    private void ReleaseRoom()
    {
        lock (_gate)
        {
            _room.Release(_journalLength);
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new TreeException(failure.Failure, failure.Message, failure);
        }
    }
}
