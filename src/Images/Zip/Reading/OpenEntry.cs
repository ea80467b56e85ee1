namespace CondaFuse.Images.Zip.Reading;

/// <summary>
/// An entry that is being decompressed: the stream of who reads on, and copies of it at the places that it passed, from which reading elsewhere
/// goes on. Such a copy takes about 50 KB: there are so many at most, a MiB apart, farther in longer entries.
/// </summary>
/// <param name="number">The entry's inode number.</param>
internal sealed class OpenEntry(int number) : IDisposable
{
    private const int MaxPoints = 32;
    private const long FirstSpacing = 1 << 20;

    private readonly List<EntryStream> _points = [];
    private long _spacing = FirstSpacing;
    private EntryStream? _stream;

    /// <summary>Held by who decompresses.</summary>
    public Lock Gate { get; } = new();

    public int Number { get; } = number;

    /// <summary>Threads that use it, and when it was used last; both belong to <see cref="OpenEntries"/>.</summary>
    public int Users { get; set; }

    public long LastUse { get; set; }

    /// <summary>Where the next read begins that costs nothing extra, for a read from a position on. At most that position.</summary>
    public long Approach(long position, Func<EntryStream> open)
    {
        var best = _stream is { } stream && stream.Position <= position ? stream : null;
        var point = _points.FindLast(point => point.Position <= position);
        if (best is null || (point is not null && point.Position > best.Position))
        {
            _stream?.Dispose();
            _stream = null;
            _stream = point?.TryCopy() ?? open();
        }

        return _stream!.Position;
    }

    /// <summary>Reads on from where <see cref="Approach"/> said.</summary>
    public void Read(Span<byte> destination)
    {
        try
        {
            _stream!.Read(destination);
        }
        catch
        {
            _stream!.Dispose();
            _stream = null;
            throw;
        }

        if (_stream.Position >= _spacing + (_points.Count > 0 ? _points[^1].Position : 0) && _stream.TryCopy() is { } copy)
        {
            _points.Add(copy);
            Thin();
        }
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _points.ForEach(point => point.Dispose());
    }

    /// <summary>Gives up every second point where there are too many.</summary>
    private void Thin()
    {
        if (_points.Count < MaxPoints)
        {
            return;
        }

        _spacing *= 2;
        for (var i = _points.Count - 2; i >= 0; i -= 2)
        {
            _points[i].Dispose();
            _points.RemoveAt(i);
        }
    }
}
