using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// Puts blocks into the image, one after the other. A file all of whose blocks the image has already, one behind the other, is left where it is. Not for
/// several threads at once.
/// </summary>
internal sealed class BlockStore(ImageOutput output, BufferPool buffers, IKnownContent? known)
{
    private readonly ChunkedList<StoredBlock> _blocks = new();
    private readonly ChunkedList<StoredBlock> _appended = new();
    private readonly List<StoredBlock> _fragments = [];
    private readonly ChunkedList<RawPiece> _pieces = new();
    private readonly KnownRun? _run = known is null ? null : new KnownRun(known.Blocks, output, buffers);

    /// <summary>All blocks in their order, wherever they are.</summary>
    public IReadOnlyList<StoredBlock> Blocks => _blocks;

    /// <summary>The blocks that were appended: each starts where the one before ends.</summary>
    public IReadOnlyList<StoredBlock> Appended => _appended;

    /// <summary>The fragment blocks that were appended, in the order of their indices.</summary>
    public IReadOnlyList<StoredBlock> Fragments => _fragments;

    /// <summary>The table of pieces of those.</summary>
    public IReadOnlyList<RawPiece> Pieces => _pieces;

    /// <summary>Length of the image so far.</summary>
    public long Length => output.Position;

    public void Append(OutputItem item)
    {
        var copy = item.CopyOf >= 0 ? buffers.Rent() : null;
        var bytes = copy is null ? BytesOf(item) : StoredBytesOf(_blocks[item.CopyOf], copy);
        var block = copy is null ? new StoredBlock(0, SizeOf(item, bytes.Length), Crc32C.Of(bytes)) : _blocks[item.CopyOf];
        if (_run is not null && item.Fragment is null && _run.TryContinue(block, bytes, item.BeginsFile, out var place))
        {
            _blocks.Add(block with { Start = place });
        }
        else if (_run is not null && item.Fragment is not null && _run.TryFindAlone(block, bytes, out place))
        {
            _blocks.Add(block with { Start = place });
        }
        else
        {
            AppendBrokenRun();
            _blocks.Add(Append(block, bytes));
            AddPieces(item.Pieces);
        }

        if (item.Fragment is { } index)
        {
            var at = (int)(index - (known?.FirstFragment ?? 0));
            CollectionsMarshal.SetCount(_fragments, Math.Max(_fragments.Count, at + 1));
            _fragments[at] = _blocks[^1];
        }

        buffers.Return(copy);
        buffers.Return(item.Source);
        buffers.Return(item.Packed);
    }

    /// <summary>Of the block that was appended last.</summary>
    private void AddPieces(IReadOnlyList<RawPiece> pieces)
    {
        if (pieces.Count == 0)
        {
            return;
        }

        _pieces.Add(RawPiece.Head(pieces.Count, _appended.Count - 1));
        foreach (var piece in pieces)
        {
            _pieces.Add(piece);
        }
    }

    private static ReadOnlySpan<byte> BytesOf(OutputItem item) =>
        item.PackedLength > 0 ? item.Packed!.Span[..item.PackedLength] : item.Source!.Span[..item.Length];

    private static uint SizeOf(OutputItem item, int length)
    {
        if (item.StoredSize > 0)
        {
            return item.StoredSize;
        }

        return (uint)length | (item.PackedLength > 0 ? 0 : SquashFsFormat.DataUncompressed);
    }

    private ReadOnlySpan<byte> StoredBytesOf(in StoredBlock block, BlockBuffer room)
    {
        var bytes = room.Span[..(int)(block.End - block.Start)];
        output.Read(block.Start, bytes);
        return bytes;
    }

    private StoredBlock Append(in StoredBlock block, ReadOnlySpan<byte> bytes)
    {
        var appended = block with { Start = output.Position };
        output.Append(bytes);
        _appended.Add(appended);
        return appended;
    }

    /// <summary>The file does not go on as what was found: its blocks so far are stored again, so that they lie before the next one.</summary>
    private void AppendBrokenRun()
    {
        var length = _run?.TakeBroken() ?? 0;
        if (length == 0)
        {
            return;
        }

        var room = buffers.Rent();
        for (var i = _blocks.Count - length; i < _blocks.Count; i++)
        {
            _blocks[i] = Append(_blocks[i], StoredBytesOf(_blocks[i], room));
        }

        buffers.Return(room);
    }
}
