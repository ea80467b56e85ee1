using System.Buffers.Binary;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Journal;

/// <summary>Writes the fields of a record in order.</summary>
internal ref struct FieldWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>7 bits per byte, least significant first. The eighth bit is set in all but the last byte.</summary>
    public void Number(ulong value)
    {
        while (value >= 0x80)
        {
            _room[Length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _room[Length++] = (byte)value;
    }

    public void Number(long value) => Number(checked((ulong)value));

    /// <summary>Seconds with the sign in the lowest bit, then nanoseconds.</summary>
    public void Time(Timestamp time)
    {
        Number((ulong)((time.Seconds << 1) ^ (time.Seconds >> 63)));
        Number((ulong)time.Nanoseconds);
    }

    /// <summary>Length in one byte, then the bytes.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        _room[Length++] = checked((byte)name.Length);
        Bytes(name);
    }

    public void Value(ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, JournalFormat.MaxValue);
        Number((ulong)value.Length);
        Bytes(value);
    }

    public void Byte(byte value) => _room[Length++] = value;

    public void Checksum(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_room[Length..], value);
        Length += sizeof(uint);
    }

    private void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_room[Length..]);
        Length += bytes.Length;
    }
}
