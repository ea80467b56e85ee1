using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>A block in the image.</summary>
/// <param name="Start">Where it starts.</param>
/// <param name="Size">Its size, as lists of blocks have it.</param>
/// <param name="Checksum">CRC32C of its stored bytes.</param>
internal readonly record struct StoredBlock(long Start, uint Size, uint Checksum)
{
    /// <summary>Where what follows it starts.</summary>
    public long End => Start + (Size & ~SquashFsFormat.DataUncompressed);
}
