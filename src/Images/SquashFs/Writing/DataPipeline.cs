using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using CondaFuse.Compression;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// Reads, hashes, compresses and stores the content of files on several threads. Every thread takes the most urgent step: store compressed blocks,
/// order what was read, read if no other thread does, compress, read. The image does not depend on the timing of threads. The number of blocks in
/// the pipeline is limited: reading waits if there are too many.
/// </summary>
internal sealed class DataPipeline : IDisposable
{
    private const int StackBytes = 512 << 10;
    private const int BlocksPerThread = 4;
    private const int MoreBlocks = 8;

    private readonly object _gate = new();
    private readonly IReadableTree _source;
    private readonly PackOptions _options;
    private readonly ImageOutput _output;
    private readonly IKnownContent? _known;
    private readonly IProgress<PackProgress>? _progress;
    private readonly BufferPool _buffers;
    private readonly PipelineState _state;
    private readonly BlockSequencer _sequencer;
    private readonly ContentHash _hash = ContentHash.Secret();
    private readonly Thread[] _threads;
    private ExceptionDispatchInfo? _failure;
    private PackProgress _done;

    /// <param name="source">The source of the content.</param>
    /// <param name="options">The settings.</param>
    /// <param name="output">The image to write.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="known">The content of an existing image; null for a new one.</param>
    public DataPipeline(IReadableTree source, PackOptions options, ImageOutput output, IProgress<PackProgress>? progress, IKnownContent? known = null)
    {
        (_source, _options, _output, _progress, _known) = (source, options, output, progress, known);
        _buffers = new BufferPool(options.BlockSize);
        _state = new PipelineState(new ReadQueue(options.BlockSize), (options.Threads * BlocksPerThread) + MoreBlocks);
        _sequencer = new BlockSequencer(options.BlockSize, _buffers, known?.FirstFragment ?? 0) { RunsEndWithFiles = known is not null };
        Store = new BlockStore(output, _buffers, known);
        _threads = new Thread[options.Threads];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work, StackBytes) { IsBackground = true, Name = $"pack {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>The blocks stored so far; complete after <see cref="Finish"/>.</summary>
    public BlockStore Store { get; }

    /// <summary>Number of files whose content was stored already.</summary>
    public long SharedFiles => _sequencer.SharedFiles;

    /// <summary>Adds a file. The order of the calls is the order of the content in the image.</summary>
    public void Add(PlannedInode file)
    {
        lock (_gate)
        {
            _failure?.Throw();
            _done = _done with { TotalFiles = _done.TotalFiles + 1, TotalBytes = _done.TotalBytes + file.Size };
            if (file.Size == 0)
            {
                file.Content = new StoredContent();
                _done = _done with { Files = _done.Files + 1 };
                return;
            }

            _state.Feed(file);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits until all content is stored.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            _state.EndFeed();
            _done = _done with { IsTotalKnown = true };
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _failure?.Throw();
    }

    /// <summary>Makes the threads stop; <see cref="Finish"/> then throws.</summary>
    public void Stop(Exception reason)
    {
        lock (_gate)
        {
            _failure ??= ExceptionDispatchInfo.Capture(reason);
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose()
    {
        Stop(new OperationCanceledException());
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _buffers.Dispose();
    }

    private void Work()
    {
        try
        {
            using var compressor = _options.Compressor.CreateCompressor(_options.Level ?? _options.Compressor.Levels.Default, _options.BlockSize);
            var batches = new List<ReadBatch>();
            var items = new List<OutputItem>();
            while (true)
            {
                batches.Clear();
                items.Clear();
                switch (Begin(batches, items))
                {
                    case PipelineStep.Store:
                        DoStore(items);
                        break;
                    case PipelineStep.Order:
                        DoOrder(batches, items);
                        break;
                    case PipelineStep.Read:
                        DoRead(batches[0]);
                        break;
                    case PipelineStep.Compress:
                        DoCompress(items[0], compressor);
                        break;
                    default:
                        return;
                }
            }
        }
        catch (Exception exception)
        {
            Stop(exception); // rethrown to the caller that waits for the pipeline
        }
    }

    /// <summary>Waits for the next step and takes it.</summary>
    private PipelineStep Begin(List<ReadBatch> batches, List<OutputItem> items)
    {
        lock (_gate)
        {
            while (true)
            {
                if (_failure is not null)
                {
                    return PipelineStep.End;
                }

                if (_state.Next() is not { } step)
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                switch (step)
                {
                    case PipelineStep.Store:
                        _state.BeginStore(items);
                        break;
                    case PipelineStep.Order:
                        _state.BeginOrder(batches);
                        break;
                    case PipelineStep.Read:
                        batches.Add(_state.BeginRead(_buffers.Rent()));
                        break;
                    case PipelineStep.Compress:
                        items.Add(_state.BeginCompress());
                        break;
                    default:
                        Monitor.PulseAll(_gate);
                        break;
                }

                return step;
            }
        }
    }

    private void DoRead(ReadBatch batch)
    {
        foreach (ref var piece in CollectionsMarshal.AsSpan(batch.Pieces))
        {
            piece = piece.Stored.Size > 0 ? ReadStored(piece, batch.Content(piece)) : ReadNew(piece, batch.Content(piece));
        }

        lock (_gate)
        {
            _state.EndRead(batch);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>The digest of stored bytes must differ from that of the same bytes as content, so its length is negative.</summary>
    private ReadPiece ReadStored(in ReadPiece piece, Span<byte> bytes)
    {
        _output.Read(piece.Stored.Position, bytes);
        var digest = _hash.Of(bytes);
        return piece with { Digest = digest with { Length = (int)~piece.Stored.Size } };
    }

    private ReadPiece ReadNew(in ReadPiece piece, Span<byte> content)
    {
        if (_source.Read(piece.File.Node, piece.FileOffset, content) != content.Length)
        {
            throw new TreeException(TreeFailure.Storage, $"{piece.File.Path()}: the file became shorter while it was read.");
        }

        if (content.Length == _options.BlockSize && !content.ContainsAnyExcept((byte)0))
        {
            return piece with { IsZeros = true };
        }

        if (piece.Block >= 0)
        {
            return piece with { Digest = _hash.Of(content) };
        }

        var checksum = Crc32C.Of(content);
        return _known is not null && _known.TryFind(piece.File, content, checksum, out var fragment, out var offset)
            ? piece with { Known = (fragment, offset) }
            : piece with { Digest = _hash.Of(content), Checksum = checksum };
    }

    private void DoOrder(List<ReadBatch> batches, List<OutputItem> items)
    {
        var (files, bytes) = (0, 0L);
        foreach (var batch in batches)
        {
            _sequencer.Accept(batch, items);
            _buffers.Return(batch.Buffer);
            files += batch.Pieces.Count(piece => piece.IsLast);
            bytes += batch.Length;
        }

        if (batches.Count == 0)
        {
            _sequencer.Finish(items);
        }

        lock (_gate)
        {
            _done = _done with { Files = _done.Files + files, Bytes = _done.Bytes + bytes };
            _state.EndOrder(batches.Count, items);
            Monitor.PulseAll(_gate);
        }
    }

    private void DoCompress(OutputItem item, IBlockCompressor compressor)
    {
        item.Packed = _buffers.Rent();
        item.PackedLength = compressor.Compress(item.Source!.Span[..item.Length], item.Packed.Span[..(item.Length - 1)]);
        lock (_gate)
        {
            _state.EndCompress(item);
            Monitor.PulseAll(_gate);
        }
    }

    private void DoStore(List<OutputItem> items)
    {
        foreach (var item in items)
        {
            Store.Append(item);
        }

        PackProgress done;
        lock (_gate)
        {
            _done = _done with { StoredBytes = Store.Length };
            done = _done;
        }

        // This thread is still the only one that stores, so no other reports progress at the same time.
        _progress?.Report(done);
        lock (_gate)
        {
            _state.EndStore(items.Count);
            Monitor.PulseAll(_gate);
        }
    }
}

/// <summary>The next step of a pipeline thread.</summary>
internal enum PipelineStep
{
    /// <summary>There is nothing left to do.</summary>
    End,

    /// <summary>Append compressed blocks to the image.</summary>
    Store,

    /// <summary>Order what was read.</summary>
    Order,

    /// <summary>Read a batch.</summary>
    Read,

    /// <summary>Compress a block.</summary>
    Compress,
}
