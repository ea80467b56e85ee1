using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Files waiting to be read, cut into batches in order. Guarded by the pipeline's lock.</summary>
internal sealed class ReadQueue(int blockSize)
{
    private const int MaxPieces = 128;

    private readonly Queue<PlannedInode> _files = new();
    private PlannedInode? _current;
    private long _nextBlock;
    private long _batches;

    public bool IsEmpty => _current is null && _files.Count == 0;

    public void Add(PlannedInode file) => _files.Enqueue(file);

    /// <summary>The next batch. The queue must not be empty.</summary>
    public ReadBatch Next(BlockBuffer buffer)
    {
        var batch = new ReadBatch(_batches++, buffer);
        while (batch.Pieces.Count < MaxPieces && Peek() is { } file && TryAdd(batch, file))
        {
        }

        return batch;
    }

    private PlannedInode? Peek()
    {
        if (_current is null && _files.TryDequeue(out _current))
        {
            _nextBlock = 0;
        }

        return _current;
    }

    /// <summary>Adds the file's next piece; false if the batch is complete.</summary>
    private bool TryAdd(ReadBatch batch, PlannedInode file)
    {
        var offset = file.NewFrom + (_nextBlock * blockSize);
        var left = file.Size - offset;
        var length = (int)Math.Min(left, blockSize);
        var isLast = length == left;
        var stored = file.Stored is null ? default : file.Stored[_nextBlock];
        var room = stored.Size == 0 ? length : (int)(stored.Size & ~SquashFsFormat.DataUncompressed);
        if (batch.Length + room > blockSize)
        {
            return false;
        }

        var isShortFile = file.Size - file.NewFrom < blockSize;
        if (stored.Size == 0)
        {
            batch.Add(file, isShortFile ? -1 : _nextBlock, offset, length, isLast);
        }
        else
        {
            batch.AddStored(file, _nextBlock, stored, room, isLast);
        }

        _nextBlock++;
        _current = isLast ? null : _current;
        return isShortFile;
    }
}
