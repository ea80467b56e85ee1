using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.Zip.Reading;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>
/// The image's own summary, read without its tree: a few reads, whatever the size of the image; for a zip archive, the central directory.
/// </summary>
public sealed record ImageSummary
{
    /// <summary>The format: <c>squashfs</c> or <c>zip</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Length of the file in bytes.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Number of inodes in the image, or of entries in a zip archive.</summary>
    public required long Inodes { get; init; }

    /// <summary>
    /// The compressor: <c>zstd</c>, <c>xz</c>, <c>gzip</c> (also if nothing is compressed), <c>lz4</c>, <c>lzo</c>, <c>lzma</c>; for a zip archive,
    /// all methods in use: <c>deflate, zstd</c>.
    /// </summary>
    public required string Compressor { get; init; }

    /// <summary>Size of a data block in bytes; for a zip archive, the number of bytes decompressed at a time.</summary>
    public required int BlockSize { get; init; }

    /// <summary>When the image was made, or the time that its creator set.</summary>
    public required Timestamp ModificationTime { get; init; }

    /// <summary>Total length of all files, each counted once; null for another tool's SquashFS image.</summary>
    public long? UncompressedBytes { get; init; }

    /// <summary>Number of names in all directories; null for another tool's image.</summary>
    public long? Names { get; init; }

    /// <summary>Number of inodes of each kind; null for another tool's image.</summary>
    public EntryCounts? Counts { get; init; }

    /// <summary>The archive's identity, the same in all generations; null for another tool's image.</summary>
    public Guid? Identity { get; init; }

    /// <summary>1 for a new image, one more for each commit; null for another tool's image.</summary>
    public long? Generation { get; init; }

    /// <summary>The message in this generation's history entry; null for another tool's image.</summary>
    public string? Message { get; init; }

    /// <summary>Why this build cannot read the content, in words for the user; null if it can.</summary>
    public string? Unreadable { get; init; }

    /// <summary>Reads an image's summary.</summary>
    /// <exception cref="ImageException">It is not an image, or its record is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ImageSummary Read(string path)
    {
        using var file = new ImageFile(path);
        if (ImageFormat.IsZip(file))
        {
            return ZipSummary.Read(file);
        }

        var superblock = Superblock.Read(file);
        var summary = new ImageSummary
        {
            Format = "squashfs",
            FileBytes = file.Length,
            Inodes = superblock.Raw.InodeCount,
            Compressor = superblock.CompressorName,
            BlockSize = superblock.BlockSize,
            Unreadable = superblock.Unreadable,
            ModificationTime = new Timestamp(superblock.Raw.ModificationTime),
        };
        if (PrivateRecord.Read(file, superblock) is not { } record)
        {
            return summary;
        }

        ref readonly var raw = ref record.Raw;
        return summary with
        {
            ModificationTime = new Timestamp(raw.Seconds, raw.Nanoseconds),
            Inodes = CountsOf(raw.Counts).Total,
            UncompressedBytes = (long)raw.ContentBytes,
            Names = (long)raw.Names,
            Counts = CountsOf(raw.Counts),
            Identity = record.Identity,
            Generation = (long)raw.Generation,
            Message = record.Message,
        };
    }

    internal static EntryCounts CountsOf(in RawCounts counts) => new(
        (long)counts.Files, (long)counts.Directories, (long)counts.Symlinks, (long)counts.BlockDevices,
        (long)counts.CharacterDevices, (long)counts.Fifos, (long)counts.Sockets);
}
