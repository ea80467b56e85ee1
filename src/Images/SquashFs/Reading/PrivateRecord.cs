using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>A private record whose checksum, superblock and positions were checked.</summary>
internal sealed class PrivateRecord
{
    private readonly RawRecord _raw;

    private readonly RawRecordTail _tail;

    private PrivateRecord(in RawRecord raw, in RawRecordTail tail, ulong start, uint checksum, string message)
    {
        _raw = raw;
        _tail = tail;
        Start = start;
        Checksum = checksum;
        Message = message;
    }

    /// <summary>Its start in the image.</summary>
    public ulong Start { get; }

    /// <summary>CRC32C of its bytes.</summary>
    public uint Checksum { get; }

    public ref readonly RawRecord Raw => ref _raw;

    /// <summary>Fields added by minor versions; zero if the record is older.</summary>
    public ref readonly RawRecordTail Tail => ref _tail;

    public string Message { get; }

    /// <summary>The archive's identity, the same in all generations.</summary>
    public Guid Identity => Identities.Of(_raw.IdentityLow, _raw.IdentityHigh);

    /// <summary>
    /// Whether another record is of the same generation: the fields that a compaction keeps are equal; positions in the file may differ.
    /// </summary>
    public bool IsSameGeneration(PrivateRecord other) =>
        (Identity, _raw.Generation, _raw.Seconds, _raw.Nanoseconds, _raw.ContentBytes, _raw.Names)
            == (other.Identity, other._raw.Generation, other._raw.Seconds, other._raw.Nanoseconds, other._raw.ContentBytes, other._raw.Names)
        && (_tail.SegmentLow, _tail.SegmentHigh, _tail.Restored) == (other._tail.SegmentLow, other._tail.SegmentHigh, other._tail.Restored);

    /// <summary>Reads the record of an image. Null if there is none because another tool wrote or changed the image.</summary>
    /// <exception cref="ImageException"><see cref="ImageFault.Record"/>: it exists but is damaged;
    /// <see cref="ImageFault.RecordVersion"/>.</exception>
    public static PrivateRecord? Read(ImageFile file, Superblock superblock) => Read(file, superblock, out _);

    /// <summary>The same.</summary>
    /// <param name="file">The image.</param>
    /// <param name="superblock">Its superblock.</param>
    /// <param name="isStale">Whether there is a footer for another superblock.</param>
    public static PrivateRecord? Read(ImageFile file, Superblock superblock, out bool isStale)
    {
        isStale = false;
        var place = superblock.InodeTable.Start - Unsafe.SizeOf<RawFooter>();
        if (place < Unsafe.SizeOf<RawSuperblock>())
        {
            return null;
        }

        var footer = file.Read<RawFooter>(place);
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<RawFooter>(in footer));
        if (footer.Magic != PrivateFormat.FooterMagic || footer.Checksum != Crc32C.Of(bytes[..^sizeof(uint)]))
        {
            return null;
        }

        if (footer.MajorVersion != PrivateFormat.MajorVersion)
        {
            throw new ImageException(
                ImageFault.RecordVersion,
                $"{file.Path}: the private record has version {footer.MajorVersion}.{footer.MinorVersion}; only 1 is read.");
        }

        isStale = footer.SuperblockChecksum != Crc32C.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<RawSuperblock>(in superblock.Raw)));
        return isStale ? null : Read(file, superblock, footer);
    }

    /// <summary>The record of the previous generation; null if there is no previous generation, or it has no record.</summary>
    public PrivateRecord? ReadParent(ImageFile file)
    {
        if (_raw.ParentGeneration == 0)
        {
            return null;
        }

        Demand(
            _raw.ParentGeneration < _raw.Generation && _raw.ParentRecordStart < Start,
            file,
            $"generation {_raw.Generation} comes after {_raw.ParentGeneration}");
        var parent = Read(file, _raw.ParentRecordStart, _raw.ParentRecordLength, _raw.ParentRecordChecksum);
        Demand(
            parent._raw.Generation == _raw.ParentGeneration && parent.Identity == Identity, file,
            $"generation {_raw.Generation} names another one as the one before");
        return parent;
    }

    private static PrivateRecord Read(ImageFile file, Superblock superblock, in RawFooter footer)
    {
        Demand(
            footer.RecordStart <= (ulong)superblock.InodeTable.Start
                && footer.RecordLength <= (ulong)superblock.InodeTable.Start - footer.RecordStart,
            file, $"{footer.RecordLength} bytes at {footer.RecordStart}");
        var record = Read(file, footer.RecordStart, footer.RecordLength, footer.RecordChecksum);
        Demand(
            record._raw.Generation == footer.Generation
                && record._raw.IdentityLow == footer.IdentityLow
                && record._raw.IdentityHigh == footer.IdentityHigh,
            file, "the footer names another generation");
        return record;
    }

    private static PrivateRecord Read(ImageFile file, ulong start, uint length, uint checksum)
    {
        var fixedLength = Unsafe.SizeOf<RawRecord>();
        Demand(length >= fixedLength && length <= PrivateFormat.MaxRecord && start <= (ulong)file.Length, file, $"{length} bytes at {start}");
        var bytes = new byte[length];
        file.Read((long)start, bytes);
        Demand(Crc32C.Of(bytes) == checksum, file, "wrong checksum");
        var raw = MemoryMarshal.Read<RawRecord>(bytes);
        Demand(raw.Magic == PrivateFormat.RecordMagic && raw.MajorVersion == PrivateFormat.MajorVersion, file, "wrong magic or version");
        Demand(raw.MessageLength <= bytes.Length - fixedLength, file, $"a message of {raw.MessageLength} bytes");
        var tail = default(RawRecordTail);
        if (raw.MinorVersion >= 1)
        {
            var place = fixedLength + (int)raw.MessageLength;
            var tailLength = raw.MinorVersion switch
            {
                1 => PrivateFormat.TailOfVersion1,
                2 => PrivateFormat.TailOfVersion2,
                3 => PrivateFormat.TailOfVersion3,
                _ => Unsafe.SizeOf<RawRecordTail>(),
            };
            Demand(bytes.Length - place >= tailLength, file, $"{bytes.Length} bytes of version 1.{raw.MinorVersion}");
            bytes.AsSpan(place, tailLength).CopyTo(MemoryMarshal.AsBytes(new Span<RawRecordTail>(ref tail)));
        }

        return new PrivateRecord(raw, tail, start, checksum, Encoding.UTF8.GetString(bytes, fixedLength, (int)raw.MessageLength));
    }

    private static void Demand(bool condition, ImageFile file, string message)
    {
        if (!condition)
        {
            throw new ImageException(ImageFault.Record, $"{file.Path}: the private record is damaged: {message}.");
        }
    }
}
