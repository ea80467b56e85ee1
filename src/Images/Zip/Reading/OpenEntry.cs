namespace CondaFuse.Images.Zip.Reading;

/// <summary>
/// An entry that is being decompressed: a stream for sequential reading, and copies of it at earlier positions, from which other reads continue.
/// Such a copy uses about 50 KB, so their number is limited: they are a MiB apart, or more in long entries.
/// </summary>
/// <param name="number">The entry's inode number.</param>
internal sealed class OpenEntry(int number) : IDisposable
{
    private const int MaxPoints = 32;
    private const long FirstSpacing = 1 << 20;

    private readonly List<EntryStream> _points = [];
    private long _spacing = FirstSpacing;
    private EntryStream? _stream;

    /// <summary>Held while decompressing.</summary>
    public Lock Gate { get; } = new();

    public int Number { get; } = number;

    /// <summary>Number of threads that use it, and the time of its last use; guarded by <see cref="OpenEntries"/>.</summary>
    public int Users { get; set; }

    public long LastUse { get; set; }

    /// <summary>The best start for a read from a position on: the last one at or before it that costs nothing extra.</summary>
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

    /// <summary>Continues reading from the result of <see cref="Approach"/>.</summary>
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

    /// <summary>Drops every second copy if there are too many.</summary>
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
