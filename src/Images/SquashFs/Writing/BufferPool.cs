namespace CondaFuse.Images.SquashFs.Writing;

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
