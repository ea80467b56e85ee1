namespace CondaFuse.Serving.FirstUse;

/// <summary>
/// Which nodes were seen, in 32 KiB: a Bloom filter of two bits each. Of some thousand nodes one in a thousand is taken for one that was seen. Not safe for several threads.
/// </summary>
internal sealed class NodeFilter
{
    private const int IndexBits = 18;
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15; // Fibonacci hashing: 2^64 by the golden ratio
    private readonly ulong[] bits = new ulong[1 << (IndexBits - 6)];

    /// <summary>Adds a node; false if it may have been added before.</summary>
    internal bool TryAdd(ulong node)
    {
        var hash = unchecked((node ^ (node >> 32)) * Golden);
        var isNew = TrySet(hash >> (64 - IndexBits));
        return TrySet((hash >> (64 - (2 * IndexBits))) & ((1 << IndexBits) - 1)) || isNew;
    }

    private bool TrySet(ulong index)
    {
        ref var word = ref bits[index >> 6];
        var bit = 1ul << (int)(index & 63);
        var isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }
}
