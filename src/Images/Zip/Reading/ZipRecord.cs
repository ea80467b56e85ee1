using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>The checked private record of one of our archives. No other tool has changed the archive since it was written.</summary>
internal sealed class ZipRecord
{
    /// <summary>The first invalid number of nanoseconds.</summary>
    private const uint NoNanoseconds = 1_000_000_000;

    private readonly RawZipRecord _raw;

    private ZipRecord(in RawZipRecord raw, string message, (long Start, uint Length, uint Checksum) prefixTable) =>
        (_raw, Message, PrefixTable) = (raw, message, prefixTable);

    public ref readonly RawZipRecord Raw => ref _raw;

    public string Message { get; }

    /// <summary>Where the prefix table is stored, not yet checked; length 0 if there is none.</summary>
    public (long Start, uint Length, uint Checksum) PrefixTable { get; }

    /// <summary>Number of bytes that it and the prefix table take before the central directory.</summary>
    public long Bytes => PrefixTable.Length + Unsafe.SizeOf<RawZipRecord>() + (int)_raw.MessageLength + Unsafe.SizeOf<RawZipFooter>();

    public Guid Identity => Identities.Of(_raw.IdentityLow, _raw.IdentityHigh);

    public Guid? MergedSegment => Identities.Of(_raw.SegmentLow, _raw.SegmentHigh) is var segment && segment == Guid.Empty ? null : segment;

    public GenerationInfo Info => new(Identity, (long)_raw.Generation, MergedSegment);

    public EntryCounts Counts => new(
        (long)_raw.Files, (long)_raw.Directories, (long)_raw.Symlinks, (long)_raw.BlockDevices, (long)_raw.CharacterDevices, (long)_raw.Fifos,
        (long)_raw.Sockets);

    /// <summary>The history's entry of the archive's only generation.</summary>
    public static GenerationEntry EntryOf(ImageFile file)
    {
        var end = EndRecord.Read(file);
        if (Read(file, end) is not { } record)
        {
            return new GenerationEntry { Number = 0, Time = ZipSummary.Read(file).ModificationTime, EndBytes = file.Length };
        }

        ref readonly var raw = ref record.Raw;
        return new GenerationEntry
        {
            Number = (long)raw.Generation,
            Time = new Timestamp(raw.Seconds, raw.Nanoseconds),
            Message = record.Message,
            EndBytes = file.Length,
            Counts = record.Counts,
            ContentBytes = (long)raw.ContentBytes,
            Difference = raw.Generation == 1 && record.Difference == default ? null : record.Difference,
        };
    }

    /// <summary>What its commit changed; empty for an archive that was written completely.</summary>
    private GenerationDifference Difference =>
        new((long)_raw.Added, (long)_raw.AddedBytes, (long)_raw.Changed, (long)_raw.ChangedBytes, (long)_raw.Removed, (long)_raw.RemovedBytes);

    /// <summary>The identity and generation of a file.</summary>
    public static GenerationInfo InfoOf(ImageFile file, EndRecord end) =>
        Read(file, end, out var digest)?.Info ?? new GenerationInfo(digest ?? ZipIdentity.Of(file, end), 0, MergedSegment: null);

    /// <summary>Reads the record of an archive. Null if there is none because another tool wrote or changed the archive.</summary>
    /// <exception cref="ImageException"><see cref="ImageFault.Record"/>: it exists but is damaged;
    /// <see cref="ImageFault.RecordVersion"/>.</exception>
    public static ZipRecord? Read(ImageFile file, EndRecord end) => Read(file, end, out _);

    private static ZipRecord? Read(ImageFile file, EndRecord end, out Guid? digest)
    {
        digest = null;
        var place = end.Directory - Unsafe.SizeOf<RawZipFooter>();
        if (place < Unsafe.SizeOf<RawZipRecord>())
        {
            return null;
        }

        var footer = file.Read<RawZipFooter>(place);
        if (footer.Magic != ZipPrivateFormat.FooterMagic
            || footer.Checksum != Crc32C.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<RawZipFooter>(in footer))[..^sizeof(uint)]))
        {
            return null;
        }

        if (footer.MajorVersion != ZipPrivateFormat.MajorVersion)
        {
            throw new ImageException(
                ImageFault.RecordVersion,
                $"{file.Path}: the private record has version {footer.MajorVersion}.{footer.MinorVersion}; only 1 is read.");
        }

        digest = ZipIdentity.Of(file, end);
        return Identities.Of(footer.DigestLow, footer.DigestHigh) == digest ? Read(file, place, footer) : null;
    }

    private static ZipRecord Read(ImageFile file, long end, in RawZipFooter footer)
    {
        var fixedLength = Unsafe.SizeOf<RawZipRecord>();
        Demand(
            footer.RecordLength >= fixedLength && footer.RecordLength <= Math.Min(end, ZipPrivateFormat.MaxRecord),
            file,
            $"{footer.RecordLength} bytes");
        var bytes = new byte[footer.RecordLength];
        file.Read(end - bytes.Length, bytes);
        Demand(Crc32C.Of(bytes) == footer.RecordChecksum, file, "wrong checksum");
        Demand(footer.PrefixLength <= end - bytes.Length, file, $"a prefix table of {footer.PrefixLength} bytes");
        var raw = MemoryMarshal.Read<RawZipRecord>(bytes);
        Demand(raw.MessageLength <= bytes.Length - fixedLength, file, $"a message of {raw.MessageLength} bytes");
        Demand(
            raw.Nanoseconds < NoNanoseconds && raw.RootNanoseconds < NoNanoseconds && raw.RootChangedNanoseconds < NoNanoseconds,
            file,
            "a time that is none");
        Demand(raw.Generation is > 0 and < long.MaxValue, file, $"generation {raw.Generation}");
        return new ZipRecord(
            raw, Encoding.UTF8.GetString(bytes, fixedLength, (int)raw.MessageLength),
            (end - bytes.Length - footer.PrefixLength, footer.PrefixLength, footer.PrefixChecksum));
    }

    private static void Demand(bool condition, ImageFile file, string message)
    {
        if (!condition)
        {
            throw new ImageException(ImageFault.Record, $"{file.Path}: the private record is damaged: {message}.");
        }
    }
}
