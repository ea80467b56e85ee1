using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Compacting;

/// <summary>Moves blocks into a new file in stored form and in order, and records their new positions.</summary>
/// <param name="image">The old file.</param>
/// <param name="record">The record of its newest generation, with the known facts about blocks.</param>
/// <param name="blocks">The blocks to move.</param>
internal sealed class MovedBlocks(OpenImage image, PrivateRecord? record, KeptBlocks blocks)
{
    private readonly Queue<KeyValuePair<long, BlockSize>> _left = new(blocks.InOrder);
    private readonly Dictionary<long, StoredBlock> _known = new ChecksumHistory(image, record)
        .DistinctBy(block => block.Start)
        .ToDictionary(block => block.Start);
    private readonly Dictionary<ulong, FragmentPieces> _piecesBefore = FragmentPieces.Read(image, record);
    private readonly Dictionary<long, RawPiece[]> _pieces = [];
    private readonly Dictionary<long, long> _places = [];
    private readonly byte[] _room = new byte[image.Superblock.BlockSize];
    private long _done;
    private long _end;

    /// <summary>The new position of the block that started at a position of the old file.</summary>
    public long PlaceOf(long start) => _places[start];

    /// <summary>The pieces of a moved block; null if it is no fragment, or its pieces are unknown.</summary>
    public RawPiece[]? PiecesOf(in StoredBlock block) => _pieces.GetValueOrDefault(block.Start);

    /// <summary>Moves the remaining blocks before a position of the old file.</summary>
    /// <returns>Their new locations; each starts at the end of the previous one.</returns>
    /// <exception cref="ImageException">A block does not match its checksum, or overlaps the previous one.</exception>
    public List<StoredBlock> MoveBefore(long position, ImageOutput output, IProgress<long>? progress, CancellationToken cancellation)
    {
        var moved = new List<StoredBlock>();
        while (_left.TryPeek(out var next) && next.Key < position)
        {
            cancellation.ThrowIfCancellationRequested();
            _left.Dequeue();
            moved.Add(Move(next.Key, next.Value, output));
            progress?.Report(_done += next.Value.Stored);
        }

        return moved;
    }

    private StoredBlock Move(long start, BlockSize size, ImageOutput output)
    {
        if (start < _end)
        {
            throw new ImageException(ImageFault.BlockLength, $"{image.File.Path}: the block at {start} begins before the one before it ends.");
        }

        _end = start + size.Stored;
        var bytes = _room.AsSpan(0, size.Stored);
        image.File.Read(start, bytes);
        var checksum = Crc32C.Of(bytes);
        ContentVerification.Demand(
            !_known.TryGetValue(start, out var known) || known.Size != size.Value || known.Checksum == checksum, image.File.Path, start);
        var place = new StoredBlock(output.Position, size.Value, checksum);
        _places.Add(start, place.Start);
        if (_piecesBefore.TryGetValue((ulong)start, out var fragment))
        {
            _pieces.Add(place.Start, fragment.Pieces);
        }

        output.Append(bytes);
        return place;
    }
}
