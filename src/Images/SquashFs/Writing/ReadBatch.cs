using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;

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

/// <summary>A block of a file, or a whole file shorter than a block, or what is new of one.</summary>
/// <param name="File">The file.</param>
/// <param name="Block">Index of the block; -1 for what goes into a fragment.</param>
/// <param name="Offset">Where it is in the batch's buffer.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct ReadPiece(PlannedInode File, long Block, int Offset, int Length)
{
    /// <summary>Where it lies in the file.</summary>
    public long FileOffset { get; init; }

    /// <summary>Where it is stored already, to be copied as it is; its length is that of the stored bytes then.</summary>
    public StoredLocation Stored { get; init; }

    /// <summary>Where a fragment holds it already; null if none is known to.</summary>
    public (uint Fragment, uint Offset)? Known { get; init; }

    /// <summary>CRC32C of its content, where that goes into a fragment.</summary>
    public uint Checksum { get; init; }

    /// <summary>Stands for its content.</summary>
    public ContentDigest Digest { get; init; }

    /// <summary>Whether it is a full block of zeros.</summary>
    public bool IsZeros { get; init; }

    /// <summary>Whether the file ends with it.</summary>
    public bool IsLast { get; init; }
}

/// <summary>Native room for one block.</summary>
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

/// <summary>Buffers that are not in use. Whoever rents bounds how many there are.</summary>
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

/// <summary>A block on its way into the image.</summary>
internal sealed class OutputItem
{
    /// <summary>Its place among the stored blocks.</summary>
    public required int Index { get; init; }

    /// <summary>Stored block whose bytes it repeats; -1 if it has content of its own.</summary>
    public int CopyOf { get; init; } = -1;

    /// <summary>Its index in the fragment table; null for a data block.</summary>
    public uint? Fragment { get; init; }

    /// <summary>What a fragment holds, in its order; empty for a data block.</summary>
    public IReadOnlyList<RawPiece> Pieces { get; init; } = [];

    /// <summary>Whether a file begins with it.</summary>
    public bool BeginsFile { get; init; }

    /// <summary>Its size where <see cref="Packed"/> holds it as it was stored before; 0 otherwise.</summary>
    public uint StoredSize { get; init; }

    /// <summary>Whether it needs no compressing.</summary>
    public bool IsReady => CopyOf >= 0 || StoredSize > 0;

    /// <summary>Its content.</summary>
    public BlockBuffer? Source { get; init; }

    /// <summary>Length of the content in bytes.</summary>
    public int Length { get; init; }

    /// <summary>Its compressed form.</summary>
    public BlockBuffer? Packed { get; set; }

    /// <summary>Length of the compressed form; 0 if the content is stored as it is.</summary>
    public int PackedLength { get; set; }
}
