namespace CondaFuse.Images.Blocks;

/// <summary>The right to look at a cached block until it is disposed.</summary>
internal readonly struct BlockLease : IDisposable
{
    private readonly BlockCache? _cache;
    private readonly BlockCache.Slot? _slot;

    internal BlockLease(BlockCache cache, BlockCache.Slot slot)
    {
        _cache = cache;
        _slot = slot;
    }

    /// <summary>The content.</summary>
    public ReadOnlySpan<byte> Content => _slot is null ? [] : _slot.Content;

    /// <summary>What the loader remembered with the block.</summary>
    public long Next => _slot!.Next;

    /// <summary>Gives the block back; its content must not be looked at any more.</summary>
    public void Dispose() => _cache?.Release(_slot!);
}
