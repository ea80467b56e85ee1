using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.Zip.Reading;

namespace CondaFuse.Images;

/// <summary>The archive and generation in an image's file. Changes beside the image must build on it.</summary>
/// <param name="Identity">The archive's identity, the same in all generations. For another tool's image, it is derived from the superblock, or is a
/// digest of the central directory.</param>
/// <param name="Generation">1 for a new image, one more for each commit; 0 for another tool's image.</param>
/// <param name="MergedSegment">Identity of the last journal segment merged into this generation; null if there is none.</param>
public sealed record GenerationInfo(Guid Identity, long Generation, Guid? MergedSegment)
{
    /// <summary>
    /// Checksum of the generation's record, which covers its tables and its time. It differs between copies of an archive that have diverged. Not
    /// part of equality, because a compaction changes it. 0 for a zip archive and for another tool's image.
    /// </summary>
    public uint Stamp { get; init; }

    /// <summary>Reads it with a few reads, whatever the size of the image; for a zip archive, this includes the central directory.</summary>
    /// <exception cref="ImageException">It is not an image, or its record is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static GenerationInfo Read(string path)
    {
        using var file = new ImageFile(path);
        if (ImageFormat.IsZip(file))
        {
            return ZipRecord.InfoOf(file, EndRecord.Read(file));
        }

        var superblock = Superblock.Read(file);
        return Of(PrivateRecord.Read(file, superblock), superblock);
    }

    /// <summary>Reads it for a generation that the image still holds.</summary>
    /// <exception cref="ImageException"><see cref="ImageFault.NoGeneration"/>, or as above.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static GenerationInfo Read(string path, long generation)
    {
        using var file = new ImageFile(path);
        var found = SquashFs.Reading.Generation.Find(file, generation);
        return Of(found.Record, found.Superblock);
    }

    /// <inheritdoc/>
    public bool Equals(GenerationInfo? other) =>
        other is not null && (Identity, Generation, MergedSegment) == (other.Identity, other.Generation, other.MergedSegment);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Identity, Generation, MergedSegment);

    internal static GenerationInfo Of(PrivateRecord? record, Superblock superblock)
    {
        if (record is null)
        {
            return new GenerationInfo(ForeignIdentity.Of(superblock.Raw), 0, MergedSegment: null);
        }

        var segment = Identities.Of(record.Tail.SegmentLow, record.Tail.SegmentHigh);
        return new GenerationInfo(record.Identity, (long)record.Raw.Generation, segment == Guid.Empty ? null : segment) { Stamp = record.Checksum };
    }
}
