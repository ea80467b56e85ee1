namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// What is on its way through the pipeline, and what a thread should do next. Storing and ordering are done by one thread
/// at a time. Belongs to the pipeline's lock.
/// </summary>
/// <param name="feed">Files to read.</param>
/// <param name="mostBlocks">Blocks on their way from which on nothing more is read.</param>
internal sealed class PipelineState(FileFeed feed, int mostBlocks)
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

    /// <summary>The step to take now; null if there is nothing to do until somebody else is done.</summary>
    public PipelineStep? Next()
    {
        var canRead = !feed.IsEmpty && _blocks < mostBlocks;
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

    /// <summary>Everything was read and put in order, but the last fragment is still open.</summary>
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

    /// <summary>Takes all batches whose turn it is; none when only the last fragment is left to be ended.</summary>
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

    /// <summary>Takes all items whose turn it is.</summary>
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
