using CondaFuse.Compression;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Unused workbenches; as many are created as threads decompress at once.</summary>
internal sealed class WorkbenchPool(ICodec codec, int blockSize) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<Workbench> _idle = new();
    private bool _disposed;

    public Workbench Rent()
    {
        lock (_gate)
        {
            if (_idle.TryPop(out var bench))
            {
                return bench;
            }
        }

        return new Workbench(codec.CreateDecompressor(), blockSize);
    }

    public void Return(Workbench bench)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _idle.Push(bench);
                return;
            }
        }

        bench.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_idle.TryPop(out var bench))
            {
                bench.Dispose();
            }
        }
    }
}
