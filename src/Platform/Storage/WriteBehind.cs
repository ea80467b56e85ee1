namespace CondaFuse.Platform;

/// <summary>Tells who appends to a file when its storage is to begin with what was appended, so that little is left for the sync at the end.</summary>
public struct WriteBehind
{
    private const long Bytes = 8 << 20;

    private long _begun;

    /// <summary>Whether enough was appended since the storage began last; then it counts as begun.</summary>
    /// <param name="length">The file's length now.</param>
    /// <param name="from">Where the storage is to begin.</param>
    public bool IsDue(long length, out long from)
    {
        from = _begun;
        var isDue = length - _begun >= Bytes;
        _begun = isDue ? length : _begun;
        return isDue;
    }

    /// <summary>Up to there the storage has begun.</summary>
    public void HasBegun(long length) => _begun = length;
}
