using System.Runtime.InteropServices;

namespace CondaFuse.Images.SquashFs.Wire;

/// <summary>
/// An entry of the table of pieces: a piece of a fragment, which begins where the one before ends. Before a fragment's pieces comes an entry of another meaning: how
/// many they are, and which block of the checksum table the fragment is.
/// </summary>
/// <param name="Length">Its length in bytes; how many pieces follow.</param>
/// <param name="Checksum">CRC32C of its content; index of the fragment's block in the checksum table.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal readonly record struct RawPiece(uint Length, uint Checksum)
{
    /// <summary>What comes before the pieces of a fragment.</summary>
    public static RawPiece Head(int pieces, int block) => new((uint)pieces, (uint)block);
}
