using System.Buffers.Binary;
using CondaFuse.Platform;

namespace CondaFuse.Changes.Journal;

/// <summary>
/// Reads the records of a segment one at a time, as far as they are complete. Each checksum continues from that of the previous record. Lengths are
/// trusted only within the limits of the format and the file.
/// </summary>
/// <param name="file">The segment.</param>
/// <param name="length">The end of the segment's bytes.</param>
/// <param name="position">The start of the first record.</param>
/// <param name="checksum">The checksum that the first record's checksum continues from.</param>
internal sealed class SegmentReader(IStorageFile file, long length, long position, uint checksum)
{
    private const int MaxBuffer = 256 << 10;
    private readonly byte[] _buffer = new byte[Math.Clamp(length - position, 0, MaxBuffer)];
    private int _next;
    private int _filled;
    private int _fieldsLength;

    /// <summary>Where the last complete record ends.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Where that record begins.</summary>
    public long RecordStart { get; private set; } = position;

    /// <summary>Its checksum.</summary>
    public uint Checksum { get; private set; } = checksum;

    /// <summary>Its kind.</summary>
    public ChangeKind Kind { get; private set; }

    /// <summary>Its fields; valid until the next record is read.</summary>
    public ReadOnlySpan<byte> Fields => _buffer.AsSpan(_next - _fieldsLength, _fieldsLength);

    /// <summary>Advances to the next record.</summary>
    /// <returns>False if there is none: the segment ends at <see cref="Position"/>, or the rest is not a complete record.</returns>
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
    /// Whether a later record says that the bytes where reading stopped had been on the storage. They are damaged then, rather than a torn end. Such
    /// a record is found only as long as the lengths can be followed. Nothing can be read afterwards.
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

    /// <summary>Whether another record follows, judging by its header and the available bytes; the buffer holds it then.</summary>
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

/// <summary>Where to continue a segment.</summary>
/// <param name="Journal">Bytes of its records.</param>
/// <param name="Checksum">Checksum of the last record.</param>
/// <param name="Data">Bytes of its data file.</param>
/// <param name="VouchedData">Bytes of its data file that a record says are on the storage. They must never be overwritten.</param>
internal readonly record struct SegmentEnd(long Journal, uint Checksum, long Data, long VouchedData);
