using System.Buffers;
using System.Runtime.ExceptionServices;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Compresses the content of entries on several threads, and returns it in the order of the entries.</summary>
internal sealed class ParallelDeflate : IDisposable
{
    /// <summary>Longer files are compressed piece by piece, so that memory use does not depend on their length.</summary>
    private const int LongestWhole = 8 << 20, PieceBytes = 1 << 20;

    /// <summary>Bytes of content in progress per thread.</summary>
    private const long AheadForEach = 4 << 20;

    private readonly IReadableTree _source;
    private readonly int _level;
    private readonly long _maxAhead;
    private readonly IEnumerator<ZipContentPiece> _coming;
    private readonly Queue<ZipContentPiece> _taken = new();
    private readonly List<Thread> _threads = [];
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _room = new(0);
    private readonly SemaphoreSlim _news = new(0);
    private ExceptionDispatchInfo? _failure;
    private long _ahead;
    private bool _isOver;

    public ParallelDeflate(IReadableTree source, IEnumerable<PlannedEntry> entries, int level, int threads)
    {
        (_source, _level, _maxAhead) = (source, level, threads * AheadForEach);
        _coming = Pieces(entries).GetEnumerator();
        for (var i = 0; i < threads; i++)
        {
            var thread = new Thread(Work) { IsBackground = true, Name = "deflate" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    /// <summary>The next piece, in the order of the entries; must be returned with <see cref="Return"/>.</summary>
    public ZipContentPiece Next(CancellationToken cancellation)
    {
        while (true)
        {
            lock (_gate)
            {
                _failure?.Throw();
                if (_taken.TryPeek(out var first) && first.IsDone)
                {
                    return _taken.Dequeue();
                }
            }

            _news.Wait(cancellation);
        }
    }

    /// <summary>Returns a piece that was written.</summary>
    public void Return(ZipContentPiece piece)
    {
        ArrayPool<byte>.Shared.Return(piece.Stored);
        lock (_gate)
        {
            _ahead -= piece.Length;
        }

        _room.Release(_threads.Count);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        _room.Release(_threads.Count);
        _threads.ForEach(thread => thread.Join());
        _coming.Dispose();
        _room.Dispose();
        _news.Dispose();
    }

    private static IEnumerable<ZipContentPiece> Pieces(IEnumerable<PlannedEntry> entries)
    {
        foreach (var entry in entries.Where(entry => entry.IsToBeStored))
        {
            var max = entry.Size <= LongestWhole ? LongestWhole : PieceBytes;
            for (var offset = 0L; offset < entry.Size; offset += max)
            {
                yield return new ZipContentPiece(entry, offset, (int)Math.Min(max, entry.Size - offset));
            }
        }
    }

    private void Work()
    {
        try
        {
            using var compressor = new ContentCompressor(_source, _level);
            while (Take() is { } piece)
            {
                compressor.Run(piece);
                lock (_gate)
                {
                    piece.IsDone = true;
                }

                _news.Release();
            }
        }
        catch (Exception exception)
        {
            lock (_gate)
            {
                _failure ??= ExceptionDispatchInfo.Capture(exception);
                _isOver = true;
            }

            _news.Release();
        }
    }

    /// <summary>Pieces are taken in order, so that the one that is needed next is always in progress.</summary>
    private ZipContentPiece? Take()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_isOver)
                {
                    return null;
                }

                if (_ahead < _maxAhead)
                {
                    if (!_coming.MoveNext())
                    {
                        return null;
                    }

                    _ahead += _coming.Current.Length;
                    _taken.Enqueue(_coming.Current);
                    return _coming.Current;
                }
            }

            _room.Wait();
        }
    }
}
