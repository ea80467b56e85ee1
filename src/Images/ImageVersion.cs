using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Writing;

namespace CondaFuse.Images;

/// <summary>Which archive an image file is, and which state of it: what changes build on.</summary>
/// <param name="Identity">Kept from generation to generation. For an image of another tool, a digest of its superblock.</param>
/// <param name="Generation">1 for a new image, one more for every commit; 0 for an image of another tool.</param>
public readonly record struct ImageVersion(Guid Identity, long Generation)
{
    /// <summary>Reads an image's version: superblock and record, nothing else.</summary>
    /// <exception cref="ImageException">It is not an image, or its record is damaged.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ImageVersion Read(string path)
    {
        using var file = new ImageFile(path);
        var superblock = Superblock.Read(file);
        if (PrivateRecord.Read(file, superblock) is { } record)
        {
            return new ImageVersion(MemoryMarshal.Cast<ulong, Guid>([record.Raw.IdentityLow, record.Raw.IdentityHigh])[0], (long)record.Raw.Generation);
        }

        var digest = new ContentHash(seed: 0).Of(MemoryMarshal.AsBytes(new ReadOnlySpan<SquashFs.Wire.RawSuperblock>(in superblock.Raw)));
        return new ImageVersion(MemoryMarshal.Cast<UInt128, Guid>([digest.First ^ digest.Second])[0], 0);
    }
}
