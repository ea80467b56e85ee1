using System.Buffers.Binary;
using CondaFuse.Platform;

namespace CondaFuse.Changes.Journal;

/// <summary>
/// Reads the records of a segment one by one, as far as they are whole: each one's checksum goes on from that of the one before. What lengths say is
/// believed only as far as the format and the file allow.
/// </summary>
/// <param name="file">The segment.</param>
/// <param name="length">Where its bytes end.</param>
/// <param name="position">Where the first record begins.</param>
/// <param name="checksum">From what its checksum goes on.</param>
internal sealed class SegmentReader(IStorageFile file, long length, long position, uint checksum)
{
    private const int MaxBuffer = 256 << 10;
    private readonly byte[] _buffer = new byte[Math.Clamp(length - position, 0, MaxBuffer)];
    private int _next;
    private int _filled;
    private int _fieldsLength;

    /// <summary>Where the last whole record ends.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Where it begins.</summary>
    public long RecordStart { get; private set; } = position;

    /// <summary>Its checksum.</summary>
    public uint Checksum { get; private set; } = checksum;

    /// <summary>What it is.</summary>
    public ChangeKind Kind { get; private set; }

    /// <summary>Its fields; valid until the next one is read.</summary>
    public ReadOnlySpan<byte> Fields => _buffer.AsSpan(_next - _fieldsLength, _fieldsLength);

    /// <summary>Goes to the next record.</summary>
    /// <returns>False if there is none: the segment ends at <see cref="Position"/>, or what follows is not whole.</returns>
    public bool TryRead()
    {
        if (!TryPeek(out var stored, out var fieldsLength))
        {
            return false;
        }

        var record = _buffer.AsSpan(_next, JournalFormat.RecordHeader + fieldsLength);
        if (Crc32C.Continue(Checksum, record[sizeof(uint)..]) != stored)
        {
            return false;
        }

        Take(stored, fieldsLength);
        return true;
    }

    /// <summary>
    /// Where reading ended before the end: whether a later record says that the bytes here had been on the storage, so that this is no torn end but
    /// damage. Found as long as the lengths can be followed. Afterwards nothing more is read.
    /// </summary>
    public bool WasSyncedBeyondPosition()
    {
        var end = Position;
        if (!TryPeek(out var stored, out var fieldsLength))
        {
            return false;
        }

        Take(stored, fieldsLength);
        while (TryRead())
        {
            if (Kind == ChangeKind.Synced && ChangeCodec.TryDecode(Kind, Fields, 0, out var synced) && synced.Offset > end)
            {
                return true;
            }
        }

        return false;
    }

    private void Take(uint checksum, int fieldsLength)
    {
        Checksum = checksum;
        Kind = (ChangeKind)_buffer[_next + JournalFormat.RecordHeader - 1];
        RecordStart = Position;
        Position += JournalFormat.RecordHeader + fieldsLength;
        _next += JournalFormat.RecordHeader + fieldsLength;
        _fieldsLength = fieldsLength;
    }

    /// <summary>Whether there is a next record as far as its header and the bytes that are there tell; they are in the buffer then.</summary>
    private bool TryPeek(out uint stored, out int fieldsLength)
    {
        stored = 0;
        fieldsLength = 0;
        if (!Has(JournalFormat.RecordHeader))
        {
            return false;
        }

        var header = _buffer.AsSpan(_next, JournalFormat.RecordHeader);
        stored = BinaryPrimitives.ReadUInt32LittleEndian(header);
        fieldsLength = (int)(BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(uint)..]) & 0xFFFFFF);
        return fieldsLength <= JournalFormat.MaxFields && Has(JournalFormat.RecordHeader + fieldsLength);
    }

    private bool Has(int count)
    {
        if (_filled - _next >= count)
        {
            return true;
        }

        _buffer.AsSpan(_next, _filled - _next).CopyTo(_buffer);
        _filled -= _next;
        _next = 0;
        var from = Position + _filled;
        var room = (int)Math.Min(_buffer.Length - _filled, length - from);
        _filled += room > 0 ? file.ReadAt(from, _buffer.AsSpan(_filled, room)) : 0;
        return _filled >= count;
    }
}

/// <summary>Where a segment is to be continued.</summary>
/// <param name="Journal">Bytes of its records.</param>
/// <param name="Checksum">Checksum of the last one.</param>
/// <param name="Data">Bytes of its data file.</param>
/// <param name="VouchedData">Bytes of its data file that a record says are on the storage: none of them may be written again.</param>
internal readonly record struct SegmentEnd(long Journal, uint Checksum, long Data, long VouchedData);
