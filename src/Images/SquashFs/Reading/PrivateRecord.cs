using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>A private record that was checked: its checksum, its superblock, its places.</summary>
internal sealed class PrivateRecord
{
    private readonly RawRecord _raw;

    private readonly RawRecordTail _tail;

    private PrivateRecord(in RawRecord raw, in RawRecordTail tail, ulong start, string message)
    {
        _raw = raw;
        _tail = tail;
        Start = start;
        Message = message;
    }

    /// <summary>Where it starts in the image.</summary>
    public ulong Start { get; }

    public ref readonly RawRecord Raw => ref _raw;

    /// <summary>What minor version 1 added; zeros in a record of version 1.0.</summary>
    public ref readonly RawRecordTail Tail => ref _tail;

    public string Message { get; }

    /// <summary>Names the archive, kept from generation to generation.</summary>
    public Guid Identity => Identities.Of(_raw.IdentityLow, _raw.IdentityHigh);

    /// <summary>
    /// Reads the record of an image. Null for an image that has none: another tool wrote it, or changed it since.
    /// </summary>
    /// <exception cref="ImageException"><see cref="ImageFault.Record"/>: it is there and damaged; <see cref="ImageFault.RecordVersion"/>.</exception>
    public static PrivateRecord? Read(ImageFile file, Superblock superblock) => Read(file, superblock, out _);

    /// <summary>The same.</summary>
    /// <param name="file">The image.</param>
    /// <param name="superblock">Its superblock.</param>
    /// <param name="isStale">Whether there is a footer, but of another superblock.</param>
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
                ImageFault.RecordVersion, $"{file.Path}: the private record has version {footer.MajorVersion}.{footer.MinorVersion}; only 1 is read.");
        }

        isStale = footer.SuperblockChecksum != Crc32C.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<RawSuperblock>(in superblock.Raw)));
        return isStale ? null : Read(file, superblock, footer);
    }

    private static PrivateRecord Read(ImageFile file, Superblock superblock, in RawFooter footer)
    {
        var fixedLength = Unsafe.SizeOf<RawRecord>();
        Demand(footer.RecordLength >= fixedLength && footer.RecordLength <= PrivateFormat.MaxRecord, file, $"{footer.RecordLength} bytes");
        Demand(
            footer.RecordStart <= (ulong)superblock.InodeTable.Start && footer.RecordLength <= (ulong)superblock.InodeTable.Start - footer.RecordStart,
            file, $"{footer.RecordLength} bytes at {footer.RecordStart}");
        var bytes = new byte[footer.RecordLength];
        file.Read((long)footer.RecordStart, bytes);
        Demand(Crc32C.Of(bytes) == footer.RecordChecksum, file, "wrong checksum");
        var raw = MemoryMarshal.Read<RawRecord>(bytes);
        Demand(raw.Magic == PrivateFormat.RecordMagic && raw.MajorVersion == footer.MajorVersion, file, "wrong magic or version");
        Demand(raw.MessageLength <= bytes.Length - fixedLength, file, $"a message of {raw.MessageLength} bytes");
        Demand(
            raw.Generation == footer.Generation && raw.IdentityLow == footer.IdentityLow && raw.IdentityHigh == footer.IdentityHigh,
            file, "the footer names another generation");
        var tail = default(RawRecordTail);
        if (raw.MinorVersion >= 1)
        {
            var place = fixedLength + (int)raw.MessageLength;
            Demand(bytes.Length - place >= Unsafe.SizeOf<RawRecordTail>(), file, $"{bytes.Length} bytes of version 1.{raw.MinorVersion}");
            tail = MemoryMarshal.Read<RawRecordTail>(bytes.AsSpan(place));
        }

        return new PrivateRecord(raw, tail, footer.RecordStart, Encoding.UTF8.GetString(bytes, fixedLength, (int)raw.MessageLength));
    }

    private static void Demand(bool condition, ImageFile file, string message)
    {
        if (!condition)
        {
            throw new ImageException(ImageFault.Record, $"{file.Path}: the private record is damaged: {message}.");
        }
    }
}
