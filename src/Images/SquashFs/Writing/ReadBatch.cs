namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Pieces that are read together: one full block, or several short files that fit into one.</summary>
internal sealed class ReadBatch(long sequence, BlockBuffer buffer)
{
    public long Sequence { get; } = sequence;

    public List<ReadPiece> Pieces { get; } = [];

    /// <summary>Bytes of the buffer that the pieces take.</summary>
    public int Length { get; private set; }

    /// <summary>Holds the pieces; null once someone else took it over.</summary>
    public BlockBuffer? Buffer { get; private set; } = buffer;

    public Span<byte> Content(in ReadPiece piece) => Buffer!.Span.Slice(piece.Offset, piece.Length);

    public void Add(PlannedInode file, long block, long fileOffset, int length, bool isLast)
    {
        Pieces.Add(new ReadPiece(file, block, Length, length) { FileOffset = fileOffset, IsLast = isLast });
        Length += length;
    }

    public void AddStored(PlannedInode file, long block, StoredPlace stored, int length, bool isLast)
    {
        Pieces.Add(new ReadPiece(file, block, Length, length) { Stored = stored, IsLast = isLast });
        Length += length;
    }

    public BlockBuffer TakeBuffer()
    {
        var taken = Buffer!;
        Buffer = null;
        return taken;
    }
}
