using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Creates an inode from a record: kind, permissions, owner, times, sizes.</summary>
internal static class RecordReader
{
    private const int NtfsTimesTag = 1;
    private const int NtfsTimesBytes = 24;

    /// <summary>1601 to 1970, in units of 100 ns.</summary>
    private const long NtfsEpoch = 116_444_736_000_000_000;

    private const long NtfsTicks = 10_000_000;
    private const int PkWareFixedBytes = 12;

    /// <summary>The first invalid number of nanoseconds.</summary>
    private const uint NoNanoseconds = 1_000_000_000;

    /// <summary>Reads a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="prefix">The number to add to its offset.</param>
    /// <param name="isOurs">Whether our own fields are valid.</param>
    /// <param name="inode">The inode.</param>
    /// <param name="linkTarget">For a hard link, the path of its target; otherwise empty.</param>
    /// <returns>False if a required zip64 field is missing.</returns>
    public static bool TryRead(in CentralRecord record, long prefix, bool isOurs, out ZipInode inode, out ReadOnlySpan<byte> linkTarget)
    {
        ref readonly var raw = ref record.Raw;
        var dosSeconds = DosTime.ToSeconds(raw.Date, raw.Time);
        inode = new ZipInode { IsRecorded = true, Method = (ZipMethod)raw.Method, Flags = raw.Flags, Crc = raw.Crc, Seconds = dosSeconds };
        SetMode(ref inode, raw, record.Name);
        var isUnix = (raw.MadeBy >> 8) is ZipFormat.HostUnix or ZipFormat.HostDarwin or ZipFormat.HostDos;
        linkTarget = default;
        var (timeRank, ownerRank) = (0, 0);
        var wide = default(ReadOnlySpan<byte>);
        var own = default(ReadOnlySpan<byte>);
        var extra = new ExtraCursor(record.Extra);
        while (extra.TryNext(out var id, out var data))
        {
            switch (id)
            {
                case ExtraId.Zip64:
                    wide = data;
                    break;
                case ExtraId.Own:
                    own = data;
                    break;
                case ExtraId.Ntfs when TryReadNtfs(data, ref inode):
                    timeRank = 3;
                    break;
                case ExtraId.Times when data.Length >= 5 && (data[0] & 1) != 0 && timeRank < 3:
                    timeRank = 2;
                    SetTime(ref inode, DosTime.Widen(BinaryPrimitives.ReadUInt32LittleEndian(data[1..]), dosSeconds));
                    break;
                case ExtraId.UnixOld or ExtraId.PkWareUnix when data.Length >= 8 && timeRank < 2:
                    timeRank = 1;
                    SetTime(ref inode, DosTime.Widen(BinaryPrimitives.ReadUInt32LittleEndian(data[4..]), dosSeconds));
                    break;
                default:
                    break;
            }

            ReadOwner(id, data, ref ownerRank, ref inode);
            if (id == ExtraId.PkWareUnix && data.Length > PkWareFixedBytes)
            {
                ReadPkWare(
                    data[PkWareFixedBytes..], isUnix && (raw.ExternalAttributes & ZipFormat.HardLinkAttribute) != 0, ref inode, ref linkTarget);
            }
        }

        ReadOwn(own, isOurs, ref inode);
        return TrySetSizes(raw, wide, prefix, ref inode);
    }

    /// <summary>Reads an owner from an extra field, unless a better one was read before.</summary>
    public static void ReadOwner(ExtraId id, ReadOnlySpan<byte> data, ref int rank, ref ZipInode inode)
    {
        if ((int)id < rank)
        {
            return;
        }

        switch (id)
        {
            case ExtraId.UnixOwner when data.Length >= 3
                && data[0] == 1
                && TryReadNumber(data[1..], out var user, out var rest)
                && TryReadNumber(rest, out var group, out _):
                (inode.UserId, inode.GroupId) = (user, group);
                break;
            case ExtraId.UnixShort when data.Length >= 4:
                (inode.UserId, inode.GroupId) = (BinaryPrimitives.ReadUInt16LittleEndian(data), BinaryPrimitives.ReadUInt16LittleEndian(data[2..]));
                break;
            case ExtraId.UnixOld or ExtraId.PkWareUnix when data.Length >= 12:
                (inode.UserId, inode.GroupId) =
                    (BinaryPrimitives.ReadUInt16LittleEndian(data[8..]), BinaryPrimitives.ReadUInt16LittleEndian(data[10..]));
                break;
            case ExtraId.UnixShort or ExtraId.UnixOld:
                inode.IsOwnerLocal = true;
                return;
            default:
                return;
        }

        rank = (int)id;
        inode.IsOwnerLocal = false;
    }

    /// <summary>
    /// If another tool changed the archive, it did not know our field. So the field only makes a time more exact, if its seconds match.
    /// </summary>
    private static void ReadOwn(ReadOnlySpan<byte> data, bool isOurs, ref ZipInode inode)
    {
        var isTime = MemoryMarshal.TryRead<RawOwnExtra>(data, out var own)
            && own.Nanoseconds < NoNanoseconds
            && own.ChangedNanoseconds < NoNanoseconds;
        if (isTime && (isOurs || (own.Seconds == inode.Seconds && inode.Nanoseconds == 0)))
        {
            (inode.Seconds, inode.Nanoseconds) = (own.Seconds, own.Nanoseconds);
        }

        (inode.ChangedSeconds, inode.ChangedNanoseconds) = isTime && isOurs
            ? (own.ChangedSeconds, own.ChangedNanoseconds)
            : (inode.Seconds, inode.Nanoseconds);
        inode.Number = isTime && isOurs ? own.Inode : 0;
    }

    /// <summary>The effective name: Info-ZIP's UTF-8 name if it belongs to this one.</summary>
    public static ReadOnlySpan<byte> NameOf(in CentralRecord record)
    {
        var extra = new ExtraCursor(record.Extra);
        while (extra.TryNext(out var id, out var data))
        {
            if (id == ExtraId.UnicodePath
                && data.Length > 5
                && data[0] == 1
                && BinaryPrimitives.ReadUInt32LittleEndian(data[1..]) == Crc32.Append(0, record.Name))
            {
                return data[5..];
            }
        }

        return record.Name;
    }

    private static void SetMode(ref ZipInode inode, in RawCentralHeader raw, ReadOnlySpan<byte> name)
    {
        var mode = (int)(raw.ExternalAttributes >> 16);
        var host = raw.MadeBy >> 8;
        var kind = UnixMode.KindOf(mode);
        var isUnix = (host is ZipFormat.HostUnix or ZipFormat.HostDarwin && mode != 0) || (host == ZipFormat.HostDos && kind is not null);
        var isDirectory = name.EndsWith("/"u8);
        if (isUnix)
        {
            // Other tools rely on the slash; a directory without one has no readable content.
            isDirectory |= kind == EntryKind.Directory && raw.Size == 0;
            inode.Kind = isDirectory ? EntryKind.Directory : kind is null or EntryKind.Directory ? EntryKind.File : kind.Value;
            inode.Permissions = (ushort)(mode & UnixMode.PermissionMask);
            return;
        }

        isDirectory |= (raw.ExternalAttributes & ZipFormat.DosDirectory) != 0 && raw.Size == 0;
        inode.Kind = isDirectory ? EntryKind.Directory : EntryKind.File;
        var permissions = isDirectory ? 0b111_101_101 : 0b110_100_100;
        inode.Permissions = (ushort)(
            !isDirectory && (raw.ExternalAttributes & ZipFormat.DosReadOnly) != 0 ? permissions & 0b101_101_101 : permissions);
    }

    private static void SetTime(ref ZipInode inode, long seconds) => (inode.Seconds, inode.Nanoseconds) = (seconds, 0);

    private static bool TryReadNtfs(ReadOnlySpan<byte> data, ref ZipInode inode)
    {
        if (data.Length < 4)
        {
            return false;
        }

        var tags = new ExtraCursor(data[4..]);
        while (tags.TryNext(out var tag, out var times))
        {
            if ((int)tag == NtfsTimesTag && times.Length >= NtfsTimesBytes && BinaryPrimitives.ReadInt64LittleEndian(times) is > 0 and var modified)
            {
                var (seconds, ticks) = Math.DivRem(modified - NtfsEpoch, NtfsTicks);
                (inode.Seconds, inode.Nanoseconds) = ticks < 0 ? (seconds - 1, (uint)(ticks + NtfsTicks) * 100) : (seconds, (uint)ticks * 100);
                return true;
            }
        }

        return false;
    }

    private static void ReadPkWare(ReadOnlySpan<byte> data, bool isHardLink, ref ZipInode inode, ref ReadOnlySpan<byte> linkTarget)
    {
        if (inode.Kind is EntryKind.BlockDevice or EntryKind.CharacterDevice)
        {
            if (data.Length >= 8)
            {
                (inode.DeviceMajor, inode.DeviceMinor) =
                    (BinaryPrimitives.ReadUInt32LittleEndian(data), BinaryPrimitives.ReadUInt32LittleEndian(data[4..]));
            }
        }
        else if (isHardLink && inode.Kind != EntryKind.Directory)
        {
            linkTarget = data;
        }
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> data, out uint value, out ReadOnlySpan<byte> rest)
    {
        value = 0;
        rest = default;
        if (data.IsEmpty || data[0] > data.Length - 1)
        {
            return false;
        }

        var number = data.Slice(1, data[0]);
        rest = data[(1 + number.Length)..];
        if (number.Length > sizeof(uint) && number[sizeof(uint)..].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        for (var i = Math.Min(number.Length, sizeof(uint)) - 1; i >= 0; i--)
        {
            value = (value << 8) | number[i];
        }

        return true;
    }

    /// <summary>Sizes and offset: those marked as such are in the 64-bit field, in this order.</summary>
    private static bool TrySetSizes(in RawCentralHeader raw, ReadOnlySpan<byte> wide, long prefix, ref ZipInode inode)
    {
        if (!TryWiden(raw.Size, ref wide, out inode.Size) || !TryWiden(raw.StoredBytes, ref wide, out inode.StoredBytes)
            || !TryWiden(raw.LocalOffset, ref wide, out inode.LocalHeader))
        {
            return false;
        }

        inode.LocalHeader += prefix;
        return true;
    }

    private static bool TryWiden(uint value, ref ReadOnlySpan<byte> wide, out long result)
    {
        result = value;
        if (value != ZipFormat.In64 || wide.IsEmpty)
        {
            return true;
        }

        // Half of the range is more than any file has, and prevents overflow in later additions.
        if (wide.Length < sizeof(ulong) || BinaryPrimitives.ReadUInt64LittleEndian(wide) > long.MaxValue / 2)
        {
            return false;
        }

        result = BinaryPrimitives.ReadInt64LittleEndian(wide);
        wide = wide[sizeof(ulong)..];
        return true;
    }
}
