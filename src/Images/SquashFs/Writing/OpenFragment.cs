using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>A fragment block that still takes short files.</summary>
/// <param name="index">Its index in the fragment table.</param>
/// <param name="buffer">Holds it.</param>
internal sealed class OpenFragment(uint index, BlockBuffer buffer)
{
    public uint Index { get; } = index;

    public BlockBuffer Buffer { get; } = buffer;

    /// <summary>Bytes that it holds.</summary>
    public int Length { get; private set; }

    /// <summary>What it holds, in its order.</summary>
    public List<RawPiece> Pieces { get; } = [];

    /// <summary>Adds a file, which must fit.</summary>
    /// <param name="content">What is in it.</param>
    /// <param name="checksum">CRC32C of that.</param>
    /// <returns>Its offset.</returns>
    public uint Add(ReadOnlySpan<byte> content, uint checksum)
    {
        Pieces.Add(new RawPiece((uint)content.Length, checksum));
        content.CopyTo(Buffer.Span[Length..]);
        Length += content.Length;
        return (uint)(Length - content.Length);
    }
}
