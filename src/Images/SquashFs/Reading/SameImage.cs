using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Checks whether a file still holds a generation, either as the current one or as an earlier one, because commits only append.</summary>
internal static class SameImage
{
    public static bool Holds(ImageFile file, Generation wanted)
    {
        var shown = Superblock.Read(file);
        if (HasSuperblock(wanted, shown))
        {
            return HasRecord(wanted, PrivateRecord.Read(file, shown));
        }

        foreach (var generation in Generation.All(file))
        {
            if (generation.Number <= wanted.Number)
            {
                return HasSuperblock(wanted, generation.Superblock) && HasRecord(wanted, generation.Record);
            }
        }

        return false;
    }

    private static bool HasSuperblock(Generation wanted, Superblock found) => Bytes(found).SequenceEqual(Bytes(wanted.Superblock));

    /// <summary>Compares the records, which have checksums of all tables.</summary>
    private static bool HasRecord(Generation wanted, PrivateRecord? found) =>
        (wanted.Record?.Start, wanted.Record?.Checksum) == (found?.Start, found?.Checksum);

    private static ReadOnlySpan<byte> Bytes(Superblock superblock) => MemoryMarshal.AsBytes(new ReadOnlySpan<RawSuperblock>(in superblock.Raw));
}
