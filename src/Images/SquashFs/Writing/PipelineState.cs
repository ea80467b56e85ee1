using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// The work in the pipeline, and the next step for a thread. Only one thread at a time stores, and only one orders. Guarded by the pipeline's lock.
/// </summary>
/// <param name="feed">The files to read.</param>
/// <param name="maxBlocks">The number of blocks in the pipeline at which reading pauses.</param>
internal sealed class PipelineState(ReadQueue feed, int maxBlocks)
{
    private readonly Dictionary<long, ReadBatch> _read = [];
    private readonly Queue<OutputItem> _toCompress = new();
    private readonly Dictionary<int, OutputItem> _toStore = [];
    private bool _fed;
    private bool _sequencing;
    private bool _storing;
    private bool _finished;
    private int _readers;
    private int _blocks;
    private long _batches;
    private long _ordered;
    private int _items;
    private int _stored;

    public bool IsFed => _fed;

    /// <summary>The next step; null if there is nothing to do until another thread is done.</summary>
    public PipelineStep? Next()
    {
        var canRead = !feed.IsEmpty && _blocks < maxBlocks;
        return this switch
        {
            _ when !_storing && _toStore.ContainsKey(_stored) => PipelineStep.Store,
            _ when !_sequencing && (_read.ContainsKey(_ordered) || IsAllRead) => PipelineStep.Order,
            _ when canRead && _readers == 0 => PipelineStep.Read,
            _ when _toCompress.Count > 0 => PipelineStep.Compress,
            _ when canRead => PipelineStep.Read,
            _ when _finished && _stored == _items => PipelineStep.End,
            _ => null,
        };
    }

    /// <summary>Whether everything was read and ordered, but the last fragment is still open.</summary>
    private bool IsAllRead => _fed && feed.IsEmpty && _ordered == _batches && !_finished;

    public void Feed(PlannedInode file) => feed.Add(file);

    public void EndFeed() => _fed = true;

    public ReadBatch BeginRead(BlockBuffer buffer)
    {
        _readers++;
        _blocks++;
        _batches++;
        return feed.Next(buffer);
    }

    public void EndRead(ReadBatch batch)
    {
        _readers--;
        _read.Add(batch.Sequence, batch);
    }

    /// <summary>Takes all batches that are next in order; none if only the last fragment must be completed.</summary>
    public void BeginOrder(List<ReadBatch> batches)
    {
        _sequencing = true;
        while (_read.Remove(_ordered + batches.Count, out var batch))
        {
            batches.Add(batch);
        }
    }

    public void EndOrder(int batches, List<OutputItem> items)
    {
        _sequencing = false;
        _ordered += batches;
        _blocks -= batches;
        _items += items.Count;
        _finished |= batches == 0;
        foreach (var item in items)
        {
            _blocks++;
            if (item.IsReady)
            {
                _toStore.Add(item.Index, item);
            }
            else
            {
                _toCompress.Enqueue(item);
            }
        }
    }

    public OutputItem BeginCompress() => _toCompress.Dequeue();

    public void EndCompress(OutputItem item) => _toStore.Add(item.Index, item);

    /// <summary>Takes all items that are next in order.</summary>
    public void BeginStore(List<OutputItem> items)
    {
        _storing = true;
        while (_toStore.Remove(_stored + items.Count, out var item))
        {
            items.Add(item);
        }
    }

    public void EndStore(int items)
    {
        _storing = false;
        _stored += items;
        _blocks -= items;
    }
}

/// <summary>A fragment block with space for more short files.</summary>
/// <param name="index">Its index in the fragment table.</param>
/// <param name="buffer">Its buffer.</param>
internal sealed class OpenFragment(uint index, BlockBuffer buffer)
{
    public uint Index { get; } = index;

    public BlockBuffer Buffer { get; } = buffer;

    /// <summary>Number of bytes in it.</summary>
    public int Length { get; private set; }

    /// <summary>Its pieces, in order.</summary>
    public List<RawPiece> Pieces { get; } = [];

    /// <summary>Adds a file, which must fit.</summary>
    /// <param name="content">The file's content.</param>
    /// <param name="checksum">CRC32C of the content.</param>
    /// <returns>Its offset.</returns>
    public uint Add(ReadOnlySpan<byte> content, uint checksum)
    {
        Pieces.Add(new RawPiece((uint)content.Length, checksum));
        content.CopyTo(Buffer.Span[Length..]);
        Length += content.Length;
        return (uint)(Length - content.Length);
    }
}

/// <summary>
/// Short files of one class share fragments. Similar files compress better together. Python imports read compiled modules but no sources, and so
/// decompress less.
/// </summary>
internal static class FragmentClass
{
    public const int Count = 3;

    /// <summary>0: compiled Python modules; 1: Python sources; 2: everything else.</summary>
    public static int Of(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith(".pyc"u8))
        {
            return 0;
        }

        return name.EndsWith(".py"u8) ? 1 : 2;
    }
}

/// <summary>The part of a name after the last dot.</summary>
internal static class FileExtension
{
    /// <summary>Orders extensions by their bytes.</summary>
    public static IComparer<ReadOnlyMemory<byte>> Order { get; } =
        Comparer<ReadOnlyMemory<byte>>.Create((left, right) => left.Span.SequenceCompareTo(right.Span));

    /// <summary>The extension; empty without a dot.</summary>
    public static ReadOnlyMemory<byte> Of(byte[] name)
    {
        var dot = name.AsSpan().LastIndexOf((byte)'.');
        return dot < 0 ? default : name.AsMemory(dot + 1);
    }
}
