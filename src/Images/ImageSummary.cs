using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.Zip.Reading;
using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>
/// What an image says of itself, without a look at its tree: the same few reads for every image; the central directory of a zip archive.
/// </summary>
public sealed record ImageSummary
{
    /// <summary>The format: <c>squashfs</c> or <c>zip</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Length of the file in bytes.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Inodes in the image; of a zip archive, its entries.</summary>
    public required long Inodes { get; init; }

    /// <summary>
    /// The compressor: <c>zstd</c>, <c>xz</c>, <c>gzip</c> (also where nothing is compressed), <c>lz4</c>,
    /// <c>lzo</c>, <c>lzma</c>; of a zip archive, all that it uses: <c>deflate, zstd</c>.
    /// </summary>
    public required string Compressor { get; init; }

    /// <summary>Bytes in a data block; of a zip archive, bytes that are decompressed at a time.</summary>
    public required int BlockSize { get; init; }

    /// <summary>When the image was made, or what its maker set.</summary>
    public required Timestamp ModificationTime { get; init; }

    /// <summary>Lengths of all files, each counted once; null for a SquashFS image of another tool.</summary>
    public long? UncompressedBytes { get; init; }

    /// <summary>Names in all directories; null for an image of another tool.</summary>
    public long? Names { get; init; }

    /// <summary>Inodes of each kind; null for an image of another tool.</summary>
    public EntryCounts? Counts { get; init; }

    /// <summary>The archive's identity, kept from generation to generation; null for an image of another tool.</summary>
    public Guid? Identity { get; init; }

    /// <summary>1 for a new image, one more for every commit; null for an image of another tool.</summary>
    public long? Generation { get; init; }

    /// <summary>What the history says of this generation; null for an image of another tool.</summary>
    public string? Message { get; init; }

    /// <summary>Why this build cannot read the content, for a person; null if it can.</summary>
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
