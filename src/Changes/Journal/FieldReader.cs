using System.Buffers.Binary;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Journal;

/// <summary>Reads the fields of a record in order. A missing or invalid field reads as 0 and sets a failure flag.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> fields)
{
    private ReadOnlySpan<byte> _rest = fields;
    private bool _failed;

    /// <summary>Whether every field was valid and nothing is left.</summary>
    public readonly bool IsDone => !_failed && _rest.IsEmpty;

    public long Long() => (long)Number(long.MaxValue);

    public ulong Inode() => Number(ulong.MaxValue);

    public uint UInt() => (uint)Number(uint.MaxValue);

    public ushort Permissions() => (ushort)Number(0xFFF);

    public ChangedFields Fields() => (ChangedFields)Number((ulong)ChangeCodec.AllFields);

    public EntryKind EntryKind() => (EntryKind)Number((ulong)Tree.EntryKind.Socket);

    public bool Flag() => Number(1) != 0;

    public Timestamp Time()
    {
        var seconds = Number(ulong.MaxValue);
        return new Timestamp((long)(seconds >> 1) ^ -(long)(seconds & 1), (uint)Number(999_999_999));
    }

    /// <summary>A name in a directory.</summary>
    public ReadOnlySpan<byte> EntryName()
    {
        var name = Name();
        _failed |= !Tree.EntryName.IsValid(name);
        return name;
    }

    /// <summary>A name of 1 to 255 bytes.</summary>
    public ReadOnlySpan<byte> Name()
    {
        var length = Bytes(1);
        var name = length.IsEmpty ? [] : Bytes(length[0]);
        _failed |= name.IsEmpty;
        return name;
    }

    public ReadOnlySpan<byte> Value() => Bytes((int)Number(JournalFormat.MaxValue));

    public uint Checksum()
    {
        var bytes = Bytes(sizeof(uint));
        return bytes.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private ulong Number(ulong limit)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64 && !_rest.IsEmpty; shift += 7)
        {
            var next = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                // The tenth byte holds one bit.
                var fits = value <= limit && (shift < 63 || next <= 1);
                _failed |= !fits;
                return fits ? value : 0;
            }
        }

        _failed = true;
        return 0;
    }

    private ReadOnlySpan<byte> Bytes(int length)
    {
        if (length > _rest.Length)
        {
            _failed = true;
            return [];
        }

        var bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }
}
