using System.Collections;
using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Appends blocks to the image. If the image already has all blocks of a file consecutively, the file uses those. Not thread-safe.</summary>
internal sealed class BlockStore(ImageOutput output, BufferPool buffers, IKnownContent? known)
{
    private readonly ChunkedList<StoredBlock> _blocks = new();
    private readonly ChunkedList<StoredBlock> _appended = new();
    private readonly List<StoredBlock> _fragments = [];
    private readonly ChunkedList<RawPiece> _pieces = new();
    private readonly KnownRun? _run = known is null ? null : new KnownRun(known.Blocks, output, buffers);

    /// <summary>All blocks in order, wherever they are.</summary>
    public IReadOnlyList<StoredBlock> Blocks => _blocks;

    /// <summary>The appended blocks: each starts at the end of the previous one.</summary>
    public IReadOnlyList<StoredBlock> Appended => _appended;

    /// <summary>The appended fragment blocks, in the order of their indices.</summary>
    public IReadOnlyList<StoredBlock> Fragments => _fragments;

    /// <summary>Their entries of the piece table.</summary>
    public IReadOnlyList<RawPiece> Pieces => _pieces;

    /// <summary>Current length of the image.</summary>
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

    /// <summary>Adds the pieces of the last appended block.</summary>
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

    /// <summary>The file does not continue the run that was found: its blocks so far are stored again, so that they precede the next one.</summary>
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

/// <summary>A block in the image.</summary>
/// <param name="Start">Its start.</param>
/// <param name="Size">Its size, in the form used by lists of blocks.</param>
/// <param name="Checksum">CRC32C of its stored bytes.</param>
internal readonly record struct StoredBlock(long Start, uint Size, uint Checksum)
{
    /// <summary>Its end.</summary>
    public long End => Start + (Size & ~SquashFsFormat.DataUncompressed);
}

/// <summary>A block stored by an earlier generation of the image.</summary>
/// <param name="Position">Its start.</param>
/// <param name="Size">Its size, in the form used by lists of blocks; 0 for none.</param>
internal readonly record struct StoredLocation(long Position, uint Size);

/// <summary>The location of a file's content: a run of stored blocks, blocks of zeros in between, and a part of a fragment.</summary>
internal sealed class StoredContent
{
    /// <summary>Index of its first stored block; the others follow without a gap.</summary>
    public int FirstBlock { get; set; } = -1;

    /// <summary>Which of its blocks are unstored zeros; null if there are none.</summary>
    public BitArray? Zeros { get; set; }

    /// <summary>
    /// Sizes of its blocks if they stay where an earlier generation stored them, starting at <see cref="KeptStart"/>; otherwise null.
    /// </summary>
    public uint[]? KeptSizes { get; init; }

    public long KeptStart { get; init; }

    /// <summary>Index in the fragment table, or <see cref="SquashFsFormat.NoFragment"/>.</summary>
    public uint Fragment { get; set; } = SquashFsFormat.NoFragment;

    /// <summary>Offset of its bytes in the fragment's content.</summary>
    public uint FragmentOffset { get; set; }

    /// <summary>Whether a block consists of zeros.</summary>
    public bool IsZeros(long block) => KeptSizes is not null ? KeptSizes[block] == 0 : Zeros is not null && Zeros[(int)block];

    /// <summary>The start of its blocks; 0 if none is stored.</summary>
    public long StartIn(IReadOnlyList<StoredBlock> blocks)
    {
        if (KeptSizes is not null)
        {
            return KeptStart;
        }

        return FirstBlock >= 0 ? blocks[FirstBlock].Start : 0;
    }
}
