using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>A fragment and its entries in a table of pieces: the short contents that it holds.</summary>
/// <param name="Block">Its block.</param>
/// <param name="Pieces">Its pieces, in order.</param>
internal sealed record FragmentPieces(RawFragment Block, RawPiece[] Pieces)
{
    /// <summary>The fragments of all generations that have a list of pieces, by the start of their block.</summary>
    /// <exception cref="ImageException">A table is damaged.</exception>
    public static Dictionary<ulong, FragmentPieces> Read(OpenImage image, PrivateRecord? newest)
    {
        var pieces = new Dictionary<ulong, FragmentPieces>();
        for (var record = newest; record is not null; record = record.ReadParent(image.File))
        {
            if (record.Tail.PieceTable > 0)
            {
                Add(image, record, pieces);
            }
        }

        return pieces;
    }

    /// <summary>The entries of a table for the fragments among a number of blocks.</summary>
    /// <param name="blocks">Number of blocks in the checksum table.</param>
    /// <param name="piecesOf">Returns the pieces of the block with an index; null if it is no fragment, or its pieces are unknown.</param>
    public static IEnumerable<RawPiece> Table(int blocks, Func<int, RawPiece[]?> piecesOf)
    {
        for (var block = 0; block < blocks; block++)
        {
            if (piecesOf(block) is not { } pieces)
            {
                continue;
            }

            yield return RawPiece.Head(pieces.Length, block);
            foreach (var piece in pieces)
            {
                yield return piece;
            }
        }
    }

    private static void Add(OpenImage image, PrivateRecord record, Dictionary<ulong, FragmentPieces> pieces)
    {
        var blocks = ChecksumHistory.Of(image, record);
        var table = new LookupTable<RawPiece>(
            image.File, image.Metadata, "piece", (long)record.Tail.PieceTable, (long)record.Start, record.Tail.PieceCount);
        for (var at = 0L; at < table.Count;)
        {
            var head = table[at++];
            if (head.Length > Math.Min(table.Count - at, image.Superblock.BlockSize) || head.Checksum >= blocks.Count)
            {
                throw new ImageException(
                    ImageFault.Record, $"{image.File.Path}: the table of pieces claims {head.Length} of them in block {head.Checksum}.");
            }

            var list = new RawPiece[head.Length];
            foreach (ref var piece in list.AsSpan())
            {
                piece = table[at++];
            }

            var block = blocks[(int)head.Checksum];
            pieces[(ulong)block.Start] = new FragmentPieces(new RawFragment { Start = (ulong)block.Start, Size = block.Size }, list);
        }
    }
}
