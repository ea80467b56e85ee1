using System.Runtime.CompilerServices;
using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Reads the part before the central directory: content, and local headers on first use.</summary>
/// <param name="file">The archive.</param>
/// <param name="limit">The start of its central directory.</param>
/// <param name="table">Its entries.</param>
internal sealed class EntryReader(ImageFile file, long limit, EntryTable table) : IDisposable
{
    private readonly StoredReader _stored = new(file);
    private readonly ZipContentReader _content = new(file);

    /// <summary>The position of each entry's content; 0 if not known yet.</summary>
    private readonly long[] _positions = new long[table.InodeCount];

    /// <summary>Reads content.</summary>
    /// <returns>Bytes read; fewer than requested only at the end.</returns>
    public int Read(int number, long offset, Span<byte> destination)
    {
        ref readonly var inode = ref table.Inode(number);
        if (inode.IsLost)
        {
            throw new ImageException(ImageFault.LinkTarget, $"{file.Path}: the entry at {inode.LocalHeader} is a hard link to nothing.");
        }

        if (offset >= inode.Size)
        {
            return 0;
        }

        destination = destination[..(int)Math.Min(destination.Length, inode.Size - offset)];
        var content = Locate(number);
        if (content.Method == ZipMethod.Stored)
        {
            _stored.Read(number, content, offset, destination);
        }
        else
        {
            _content.Read(number, content, offset, destination);
        }

        return destination.Length;
    }

    /// <summary>Finds an entry's content.</summary>
    /// <exception cref="ImageException">Its local header is invalid, or its method is not supported.</exception>
    public ZipStoredContent Locate(int number)
    {
        ref readonly var inode = ref table.Inode(number);
        var position = Volatile.Read(ref _positions[number]);
        if (position == 0)
        {
            Check(inode);
            position = LocateStored(number);
        }

        return new ZipStoredContent(position, inode.StoredBytes, inode.Size, inode.Crc, inode.Method);
    }

    /// <summary>The position of an entry's content, even if its method is not supported.</summary>
    public long LocateStored(int number)
    {
        var position = Volatile.Read(ref _positions[number]);
        if (position == 0)
        {
            position = ReadHeader(table.Inode(number), out _);
            Volatile.Write(ref _positions[number], position);
        }

        return position;
    }

    /// <summary>The owner that is only in the local header.</summary>
    public (uint UserId, uint GroupId) ReadOwner(in ZipInode inode)
    {
        ReadHeader(inode, out var extra);
        var fields = new ExtraCursor(extra);
        var (rank, owned) = (0, default(ZipInode));
        while (fields.TryNext(out var id, out var data))
        {
            RecordReader.ReadOwner(id, data, ref rank, ref owned);
        }

        return (owned.UserId, owned.GroupId);
    }

    public void Trim() => _content.Trim();

    public void Dispose() => _content.Dispose();

    private void Check(in ZipInode inode)
    {
        if ((inode.Flags & ZipFormat.EncryptedFlag) != 0)
        {
            throw new ImageException(ImageFault.Encrypted, $"{file.Path}: the entry at {inode.LocalHeader} is encrypted.");
        }

        if (inode.Method == ZipMethod.Xz && Codecs.Xz.Refusal is { } refusal)
        {
            throw new ImageException(ImageFault.Compressor, $"{file.Path}: the entry at {inode.LocalHeader} cannot be read: {refusal}.");
        }

        if (inode.Method is not (ZipMethod.Stored or ZipMethod.Deflate or ZipMethod.Bzip2 or ZipMethod.Zstd or ZipMethod.Xz))
        {
            throw new ImageException(
                ImageFault.Compressor,
                $"{file.Path}: the entry at {inode.LocalHeader} is compressed by method {(int)inode.Method}, which is not read here.");
        }

        if (inode.Method == ZipMethod.Stored && inode.StoredBytes != inode.Size)
        {
            throw new ImageException(
                ImageFault.BlockContent, $"{file.Path}: the entry at {inode.LocalHeader} has {inode.StoredBytes} bytes, not {inode.Size}.");
        }
    }

    /// <summary>Reads a local header, and returns the position of the content after it.</summary>
    private long ReadHeader(in ZipInode inode, out byte[] extra)
    {
        var raw = file.Read<RawLocalHeader>(inode.LocalHeader);
        if (raw.Signature != ZipFormat.LocalSignature || raw.Method != (ushort)inode.Method)
        {
            throw file.Damage(ImageFault.LocalHeader, $"there is no local header of this entry at {inode.LocalHeader}.");
        }

        var extraPosition = inode.LocalHeader + Unsafe.SizeOf<RawLocalHeader>() + raw.NameLength;
        var position = extraPosition + raw.ExtraLength;
        if (inode.StoredBytes > limit - position)
        {
            throw file.Damage(ImageFault.EntryPlace, $"the content of the entry at {inode.LocalHeader} reaches into the central directory.");
        }

        extra = inode.IsOwnerLocal ? new byte[raw.ExtraLength] : [];
        file.Read(extraPosition, extra);
        return position;
    }
}

/// <summary>
/// MS-DOS times: a resolution of two seconds, from 1980 on. They have no time zone and are interpreted as UTC, so that a tree is the same
/// everywhere.
/// </summary>
internal static class DosTime
{
    /// <summary>Seconds since 1970; an invalid time becomes the nearest valid one.</summary>
    public static long ToSeconds(ushort date, ushort time)
    {
        var (year, month) = (1980 + (date >> 9), Math.Clamp((date >> 5) & 15, 1, 12));
        var day = Math.Clamp(date & 31, 1, DateTime.DaysInMonth(year, month));
        var days = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch;
        return (long)days.TotalSeconds
            + (Math.Min(time >> 11, 23) * 3600) + (Math.Min((time >> 5) & 63, 59) * 60) + Math.Min((time & 31) * 2, 59);
    }

    /// <summary>Extends the 32-bit seconds of extra fields. They are signed, unless the MS-DOS time is after 2038: then they are unsigned.</summary>
    public static long Widen(uint seconds, long dosSeconds) => dosSeconds >= int.MaxValue - 86400L ? seconds : (int)seconds;
}
