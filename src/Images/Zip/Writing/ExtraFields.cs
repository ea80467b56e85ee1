using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>The extra fields of entries.</summary>
/// <param name="changeTimes">Whether to keep the times of attribute changes.</param>
internal sealed class ExtraFields(bool changeTimes)
{
    /// <summary>Fixed part of PKWARE's field: times and owner; then come values that depend on the kind.</summary>
    private const int PkWareFixedBytes = 12;

    private readonly byte[] _room = new byte[ZipFormat.MaxField];
    private int _length;

    public ReadOnlySpan<byte> Written => _room.AsSpan(0, _length);

    /// <summary>Whether a hard link's target fits.</summary>
    public static bool HasRoomFor(ReadOnlySpan<byte> target) => target.Length <= ZipFormat.MaxField - 256;

    /// <summary>Starts over with the fields of both headers of an entry: time, owner, device or first name.</summary>
    public void Begin(PlannedEntry entry)
    {
        _length = 0;
        var attributes = entry.Attributes;
        var seconds = Seconds32(attributes.Modified.Seconds);
        Add(ExtraId.Times, 5);
        Put((byte)1);
        Put(seconds);
        Add(ExtraId.UnixOwner, 11);
        Put((byte)1);
        Put((byte)4);
        Put(attributes.UserId);
        Put((byte)4);
        Put(attributes.GroupId);
        if (entry.Kind is EntryKind.BlockDevice or EntryKind.CharacterDevice)
        {
            AddPkWare(attributes, seconds, 2 * sizeof(uint));
            Put(attributes.DeviceMajor);
            Put(attributes.DeviceMinor);
        }
        else if (entry.IsHardLink)
        {
            AddPkWare(attributes, seconds, entry.First!.Name.Length);
            entry.First.Name.CopyTo(_room, _length);
            _length += entry.First.Name.Length;
        }
    }

    /// <summary>Adds 64-bit values.</summary>
    public void AddWide(params ReadOnlySpan<long> values)
    {
        Add(ExtraId.Zip64, values.Length * sizeof(long));
        foreach (var value in values)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_room.AsSpan(_length), value);
            _length += sizeof(long);
        }
    }

    /// <summary>Adds our own field.</summary>
    public unsafe void AddOwn(PlannedEntry entry)
    {
        var changed = changeTimes ? entry.Attributes.Changed : entry.Attributes.Modified;
        var own = new RawOwnExtra
        {
            Inode = entry.Number,
            Seconds = entry.Attributes.Modified.Seconds,
            Nanoseconds = entry.Attributes.Modified.Nanoseconds,
            ChangedSeconds = changed.Seconds,
            ChangedNanoseconds = changed.Nanoseconds,
        };
        Add(ExtraId.Own, sizeof(RawOwnExtra));
        MemoryMarshal.Write(_room.AsSpan(_length), own);
        _length += sizeof(RawOwnExtra);
    }

    /// <summary>Seconds in 32 bits as readers interpret them: signed, unless the MS-DOS time is in 2038 or later.</summary>
    private static uint Seconds32(long seconds) => (uint)Math.Clamp(seconds, int.MinValue, uint.MaxValue);

    private void AddPkWare(in Attributes attributes, uint seconds, int more)
    {
        Add(ExtraId.PkWareUnix, PkWareFixedBytes + more);
        Put(seconds);
        Put(seconds);
        BinaryPrimitives.WriteUInt16LittleEndian(_room.AsSpan(_length), (ushort)Math.Min(attributes.UserId, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(_room.AsSpan(_length + sizeof(ushort)), (ushort)Math.Min(attributes.GroupId, ushort.MaxValue));
        _length += 2 * sizeof(ushort);
    }

    private void Add(ExtraId id, int bytes)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_room.AsSpan(_length), (ushort)id);
        BinaryPrimitives.WriteUInt16LittleEndian(_room.AsSpan(_length + sizeof(ushort)), (ushort)bytes);
        _length += 2 * sizeof(ushort);
    }

    private void Put(byte value) => _room[_length++] = value;

    private void Put(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_room.AsSpan(_length), value);
        _length += sizeof(uint);
    }
}
