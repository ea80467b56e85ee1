using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Reading;

/// <summary>Summarizes a central directory without building its tree.</summary>
internal static class ZipSummary
{
    public static ImageSummary Read(ImageFile file)
    {
        var end = EndRecord.Read(file);
        var cursor = new CentralCursor(file, end);
        var methods = new SortedSet<ZipMethod>();
        var (entries, bytes, newest) = (0L, 0L, 0L);
        while (cursor.TryNext(out var record))
        {
            if (!RecordReader.TryRead(record, end.Prefix, isOurs: false, out var inode, out _))
            {
                throw new ImageException(ImageFault.CentralDirectory, $"{file.Path}: a record of the central directory lacks its 64-bit sizes.");
            }

            entries++;
            bytes = inode.Size > long.MaxValue - bytes ? long.MaxValue : bytes + inode.Size;
            newest = Math.Max(newest, inode.Seconds);
            if (inode.Size > 0)
            {
                methods.Add(inode.Method);
            }
        }

        var summary = new ImageSummary
        {
            Format = "zip",
            FileBytes = file.Length,
            Inodes = entries,
            Compressor = string.Join(", ", methods.Where(method => method != ZipMethod.Stored).DefaultIfEmpty(ZipMethod.Stored).Select(NameOf)),
            BlockSize = ZipContentReader.ChunkBytes,
            Unreadable = methods.Contains(ZipMethod.Xz) ? Codecs.Xz.Refusal : null,
            ModificationTime = new Timestamp(newest),
            UncompressedBytes = bytes,
        };
        if (ZipRecord.Read(file, end) is not { } known)
        {
            return summary;
        }

        ref readonly var raw = ref known.Raw;
        return summary with
        {
            ModificationTime = new Timestamp(raw.Seconds, raw.Nanoseconds),
            Inodes = known.Counts.Total,
            UncompressedBytes = (long)raw.ContentBytes,
            Names = (long)raw.Names,
            Counts = known.Counts,
            Identity = known.Identity,
            Generation = (long)raw.Generation,
            Message = known.Message,
        };
    }

    private static string NameOf(ZipMethod method) => method switch
    {
        ZipMethod.Stored => "none",
        ZipMethod.Deflate => "deflate",
        ZipMethod.Bzip2 => "bzip2",
        ZipMethod.Zstd => "zstd",
        ZipMethod.Xz => "xz",
        _ => $"method {(int)method}",
    };
}
