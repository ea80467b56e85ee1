using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Pieces that are read together: one full block, or several short files that fit into a block.</summary>
internal sealed class ReadBatch(long sequence, BlockBuffer buffer)
{
    public long Sequence { get; } = sequence;

    public List<ReadPiece> Pieces { get; } = [];

    /// <summary>Number of bytes of the buffer in use.</summary>
    public int Length { get; private set; }

    /// <summary>The buffer with the pieces; null after it was taken over.</summary>
    public BlockBuffer? Buffer { get; private set; } = buffer;

    public Span<byte> Content(in ReadPiece piece) => Buffer!.Span.Slice(piece.Offset, piece.Length);

    public void Add(PlannedInode file, long block, long fileOffset, int length, bool isLast)
    {
        Pieces.Add(new ReadPiece(file, block, Length, length) { FileOffset = fileOffset, IsLast = isLast });
        Length += length;
    }

    public void AddStored(PlannedInode file, long block, StoredLocation stored, int length, bool isLast)
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

/// <summary>A block of a file, a whole file shorter than a block, or the new end of a file.</summary>
/// <param name="File">The file.</param>
/// <param name="Block">Index of the block; -1 for a piece of a fragment.</param>
/// <param name="Offset">Its offset in the batch's buffer.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct ReadPiece(PlannedInode File, long Block, int Offset, int Length)
{
    /// <summary>Its offset in the file.</summary>
    public long FileOffset { get; init; }

    /// <summary>The existing location of a block to be copied in stored form; the length is then the stored length.</summary>
    public StoredLocation Stored { get; init; }

    /// <summary>The existing location in a fragment; null if unknown.</summary>
    public (uint Fragment, uint Offset)? Known { get; init; }

    /// <summary>CRC32C of its content, for a piece of a fragment.</summary>
    public uint Checksum { get; init; }

    /// <summary>The digest of its content.</summary>
    public ContentDigest Digest { get; init; }

    /// <summary>Whether it is a full block of zeros.</summary>
    public bool IsZeros { get; init; }

    /// <summary>Whether it is the end of the file.</summary>
    public bool IsLast { get; init; }
}

/// <summary>A native buffer for one block.</summary>
internal sealed unsafe class BlockBuffer(int size) : IDisposable
{
    private byte* _memory = (byte*)NativeMemory.Alloc((nuint)size);

    public Span<byte> Span => new(_memory, size);

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}

/// <summary>Unused buffers. The callers limit their number.</summary>
internal sealed class BufferPool(int size) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<BlockBuffer> _idle = new();

    public BlockBuffer Rent()
    {
        lock (_gate)
        {
            return _idle.TryPop(out var buffer) ? buffer : new BlockBuffer(size);
        }
    }

    public void Return(BlockBuffer? buffer)
    {
        if (buffer is not null)
        {
            lock (_gate)
            {
                _idle.Push(buffer);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            while (_idle.TryPop(out var buffer))
            {
                buffer.Dispose();
            }
        }
    }
}

/// <summary>A block to be written to the image.</summary>
internal sealed class OutputItem
{
    /// <summary>Its index among the stored blocks.</summary>
    public required int Index { get; init; }

    /// <summary>The stored block that it repeats; -1 if it has new content.</summary>
    public int CopyOf { get; init; } = -1;

    /// <summary>Its index in the fragment table; null for a data block.</summary>
    public uint? Fragment { get; init; }

    /// <summary>The pieces of a fragment, in order; empty for a data block.</summary>
    public IReadOnlyList<RawPiece> Pieces { get; init; } = [];

    /// <summary>Whether it is the first block of a file.</summary>
    public bool BeginsFile { get; init; }

    /// <summary>Its stored size if <see cref="Packed"/> holds a copy in stored form; otherwise 0.</summary>
    public uint StoredSize { get; init; }

    /// <summary>Whether it needs no compression.</summary>
    public bool IsReady => CopyOf >= 0 || StoredSize > 0;

    /// <summary>Its content.</summary>
    public BlockBuffer? Source { get; init; }

    /// <summary>Length of the content in bytes.</summary>
    public int Length { get; init; }

    /// <summary>Its compressed form.</summary>
    public BlockBuffer? Packed { get; set; }

    /// <summary>Length of the compressed form; 0 if the content is stored uncompressed.</summary>
    public int PackedLength { get; set; }
}
