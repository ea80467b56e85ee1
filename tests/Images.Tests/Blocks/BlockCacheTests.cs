using CondaFuse.Images.Blocks;

namespace CondaFuse.Images.Tests.Blocks;

public sealed class BlockCacheTests
{
    private int _loads;

    [Fact]
    public void Trimming_forgets_what_nobody_looks_at_and_nothing_else()
    {
        using var cache = new BlockCache(blockSize: 16, slots: 4);
        Get(cache, 1).Dispose();
        using var pinned = Get(cache, 2);
        cache.Trim();
        Assert.False(cache.TryGetLoaded(1, out _));
        Assert.True(cache.TryGetLoaded(2, out var same));
        using (same)
        {
            Assert.Equal<byte>([2, 2], pinned.Content.ToArray());
        }

        using var again = Get(cache, 1);
        Assert.Equal<byte>([1, 1], again.Content.ToArray());
        Assert.Equal(3, _loads);
    }

    private BlockLease Get(BlockCache cache, long key) => cache.Get(key, (Test: this, Key: key), Load);

    private static int Load((BlockCacheTests Test, long Key) wanted, Span<byte> memory, out long next)
    {
        wanted.Test._loads++;
        next = 0;
        memory[..2].Fill((byte)wanted.Key);
        return 2;
    }
}
