namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Stored blocks that do not match their checksums. Asked by several threads at once.</summary>
internal sealed class BlockDamage
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _damaged = [];
    private readonly HashSet<long> _named = [];

    /// <summary>Blocks that were compared.</summary>
    public long Checked { get; private set; }

    public bool IsAny => _damaged.Count > 0;

    /// <summary>Positions that nobody has asked for.</summary>
    public IEnumerable<long> NotInFiles => _damaged.Except(_named).Order();

    /// <summary>Compares the blocks that a generation added.</summary>
    public void Check(OpenImage image, Generation generation, CancellationToken cancellation)
    {
        if (generation.Record is { Raw.ChecksumTable: > 0 } record)
        {
            Checked += ChecksumVerification.Run(image, record.Raw, _damaged, cancellation);
        }
    }

    /// <summary>Whether the block at a position is damaged.</summary>
    public bool IsAt(long position)
    {
        if (!_damaged.Contains(position))
        {
            return false;
        }

        lock (_gate)
        {
            _named.Add(position);
        }

        return true;
    }
}
