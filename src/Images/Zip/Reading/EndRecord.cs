using System.Runtime.CompilerServices;
using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>The checked location of a zip archive's central directory.</summary>
/// <param name="Directory">Position of the directory in the file.</param>
/// <param name="DirectoryBytes">Its length.</param>
/// <param name="Entries">Number of records in it, according to the end record.</param>
/// <param name="IsEntriesShort">Whether that number has 16 bits, so that old writers may have truncated it.</param>
/// <param name="Prefix">The number to add to offsets: bytes before the archive that its writer did not count.</param>
/// <param name="Comment">Position of the archive's comment.</param>
/// <param name="CommentBytes">Its length.</param>
internal sealed record EndRecord(
    long Directory, long DirectoryBytes, long Entries, bool IsEntriesShort, long Prefix, long Comment, int CommentBytes)
{
    /// <summary>Length of the fixed part of a central header, the minimum per entry.</summary>
    public const int SmallestRecord = 46;

    /// <summary>Length of the longest comment and the record.</summary>
    private const int UsualTail = 65535 + 22;

    /// <summary>How far back to search for the record if data was appended to the archive.</summary>
    private const int LongestTail = 1 << 20;

    /// <summary>Reads the record.</summary>
    /// <exception cref="ImageException"><see cref="ImageFault.NotAnImage"/> if there is none.</exception>
    public static EndRecord Read(ImageFile file) =>
        TryFind(file, out var fault)
            ?? throw fault
            ?? new ImageException(ImageFault.NotAnImage, $"{file.Path}: it has no end record of a zip archive.");

    /// <summary>Searches backwards from the end of the file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="fault">What is wrong with the last invalid candidate.</param>
    public static EndRecord? TryFind(ImageFile file, out ImageException? fault)
    {
        fault = null;
        var scannedTo = file.Length;
        foreach (var max in (ReadOnlySpan<int>)[UsualTail, LongestTail])
        {
            var start = Math.Max(0, file.Length - max);
            // A record that starts before the bytes that were searched may extend into them.
            var tail = new byte[Math.Min(file.Length, scannedTo + 3) - start];
            file.Read(start, tail);
            for (var at = tail.AsSpan()
                    .LastIndexOf("PK\u0005\u0006"u8); at >= 0; at = tail.AsSpan(0, Math.Min(at + 3, tail.Length))
                    .LastIndexOf("PK\u0005\u0006"u8))
            {
                try
                {
                    return Parse(file, start + at);
                }
                catch (ImageException exception) when (exception.Fault != ImageFault.ReadFailed)
                {
                    fault ??= exception;
                }
            }

            scannedTo = start;
            if (start == 0)
            {
                break;
            }
        }

        return null;
    }

    private static EndRecord Parse(ImageFile file, long position)
    {
        var raw = file.Read<RawEndRecord>(position);
        if (raw.CommentLength > file.Length - position - Unsafe.SizeOf<RawEndRecord>())
        {
            throw new ImageException(ImageFault.Truncated, $"{file.Path}: the comment of the end record at {position} is longer than the file.");
        }

        var (entries, bytes, offset) = ((ulong)raw.Entries, (ulong)raw.DirectoryBytes, (ulong)raw.DirectoryOffset);
        var isShort = true;
        var end = position;
        if ((raw.Entries == ZipFormat.In64Short || raw.DirectoryBytes == ZipFormat.In64 || raw.DirectoryOffset == ZipFormat.In64)
            && Find64(file, position) is var (long64, record))
        {
            end = long64;
            entries = raw.Entries == ZipFormat.In64Short ? record.Entries : entries;
            isShort = raw.Entries != ZipFormat.In64Short;
            bytes = raw.DirectoryBytes == ZipFormat.In64 ? record.DirectoryBytes : bytes;
            offset = raw.DirectoryOffset == ZipFormat.In64 ? record.DirectoryOffset : offset;
        }
        else if (raw.Disk != raw.DirectoryDisk || raw.EntriesOnDisk != raw.Entries)
        {
            throw new ImageException(ImageFault.EndRecord, $"{file.Path}: the archive is one of several disks.");
        }

        if (bytes > (ulong)end || offset > (ulong)end - bytes || bytes > int.MaxValue || entries > bytes / SmallestRecord)
        {
            throw new ImageException(
                ImageFault.EndRecord,
                $"{file.Path}: a central directory of {bytes} bytes and {entries} entries at {offset} does not fit before {end}.");
        }

        // Directly before the end record, as the format requires; or at the offset, with other data in between.
        foreach (var start in (ReadOnlySpan<long>)[end - (long)bytes, (long)offset])
        {
            if (entries == 0 ? bytes == 0 : file.Read<uint>(start) == ZipFormat.CentralSignature)
            {
                return new EndRecord(
                    start, (long)bytes, (long)entries, isShort, start - (long)offset, position + Unsafe.SizeOf<RawEndRecord>(), raw.CommentLength);
            }
        }

        throw new ImageException(ImageFault.CentralDirectory, $"{file.Path}: there is no central directory at {offset}.");
    }

    /// <summary>The zip64 record at the position in its locator; or, if there are bytes before the archive, directly before the locator.</summary>
    private static (long Position, RawEnd64Record Record)? Find64(ImageFile file, long position)
    {
        var locatorPosition = position - Unsafe.SizeOf<RawEnd64Locator>();
        if (locatorPosition < 0)
        {
            return null;
        }

        var locator = file.Read<RawEnd64Locator>(locatorPosition);
        if (locator.Signature != ZipFormat.Locator64Signature)
        {
            return null;
        }

        var last = locatorPosition - Unsafe.SizeOf<RawEnd64Record>();
        foreach (var candidate in (ReadOnlySpan<ulong>)[locator.Position, (ulong)Math.Max(last, 0)])
        {
            if (last >= 0 && candidate <= (ulong)last && file.Read<RawEnd64Record>((long)candidate) is { Signature: ZipFormat.End64Signature } record)
            {
                return record.EntriesOnDisk == record.Entries
                    ? ((long)candidate, record)
                    : throw new ImageException(ImageFault.EndRecord, $"{file.Path}: the archive is one of several disks.");
            }
        }

        throw new ImageException(ImageFault.EndRecord, $"{file.Path}: there is no zip64 record at {locator.Position}.");
    }
}
